import { describe, expect, test } from 'vitest';
import { syncAutoscaler } from './autoscaler.ts';
import { createBehavior } from './behavior.ts';
import { createScenarios } from './controller.fixture.ts';
import type { Scenario } from './controller.fixture.ts';
import type { ComputedDecision, Decision } from './decision.ts';
import { explainDecision } from './explain.ts';
import { NOW_MS, settledPod } from './pods.fixture.ts';
import { SeededRandom } from './random.fixture.ts';
import { recommendReplicas } from './recommend.ts';
import { createAutoscalerState } from './state.ts';
import type { AutoscalerState } from './state.ts';

interface Step {
  readonly before: AutoscalerState;
  readonly state: AutoscalerState;
  readonly decision: Decision;
}

function play(scenario: Scenario): Step[] {
  const { behavior, initialReplicas, minReplicas, maxReplicas, cpuTarget } = scenario;
  let currentReplicas = initialReplicas;
  let state = createAutoscalerState(scenario.syncs[0]?.nowMs ?? 0, currentReplicas);
  return scenario.syncs.map(({ nowMs, setReplicas, pods }) => {
    currentReplicas = setReplicas ?? currentReplicas;
    const before = state;
    const result = syncAutoscaler(before, { nowMs, currentReplicas, minReplicas, maxReplicas, cpuTarget, pods }, behavior);
    state = result.state;
    currentReplicas = result.decision.desiredReplicas;
    return { before, ...result };
  });
}

const PLAYED = createScenarios(400).flatMap((scenario) => play(scenario).map((step) => ({ scenario, step })));

/** The syncs of all scenarios that break a rule; a rule that has nothing to say of a sync returns true. */
function findViolations(rule: (step: Step, scenario: Scenario) => boolean): readonly Step[] {
  return PLAYED.filter(({ step, scenario }) => !rule(step, scenario)).map(({ step }) => step);
}

/** The same for syncs that came to a wish. */
function findComputedViolations(rule: (decision: ComputedDecision, step: Step, scenario: Scenario) => boolean): readonly Step[] {
  return findViolations((step, scenario) => step.decision.kind !== 'computed' || rule(step.decision, step, scenario));
}

/** Every number anywhere inside. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((inner) => numbersIn(inner)) : [];
}

function isBetween(value: number, one: number, other: number): boolean {
  return value >= Math.min(one, other) && value <= Math.max(one, other);
}

describe('whatever happens', () => {
  test('the replicas lie within the bounds, or the autoscaler is off', () => {
    const violations = findViolations(({ decision: { kind, desiredReplicas, minReplicas, maxReplicas } }) =>
      kind === 'disabled' ? desiredReplicas === 0 : isBetween(desiredReplicas, minReplicas, maxReplicas),
    );
    expect(violations).toEqual([]);
  });

  test('all numbers are finite, replicas are whole', () => {
    const violations = findViolations(({ state, decision }) => {
      return numbersIn({ state, decision }).every(Number.isFinite) && Number.isInteger(decision.desiredReplicas);
    });
    expect(violations).toEqual([]);
  });

  test('idle pods never make more of them', () => {
    const violations = findComputedViolations(({ recommendation, currentReplicas, desiredReplicas }) => {
      return recommendation.utilization.usageMillicores > 0 || desiredReplicas <= currentReplicas;
    });
    expect(violations).toEqual([]);
  });

  test('the replicas never move away from the wish or past it', () => {
    const violations = findComputedViolations(({ currentReplicas, desiredReplicas, minReplicas, maxReplicas, recommendation }) => {
      const wish = Math.min(Math.max(recommendation.replicas, minReplicas), maxReplicas);
      return isBetween(desiredReplicas, currentReplicas, wish);
    });
    expect(violations).toEqual([]);
  });

  test('a change is within what the policies allow over their period', () => {
    const violations = findComputedViolations((decision, { before }, { behavior }) => {
      const { atMs, currentReplicas, desiredReplicas } = decision;
      if (desiredReplicas === currentReplicas) return true;
      const isUp = desiredReplicas > currentReplicas;
      const { policies, selectPolicy } = isUp ? behavior.scaleUp : behavior.scaleDown;
      const changes = policies.map((policy) => {
        const start =
          currentReplicas - total(before.scaleUpEvents, atMs - policy.periodMs) + total(before.scaleDownEvents, atMs - policy.periodMs);
        const allowed = policy.type === 'Pods' ? policy.value : (start * policy.value) / 100;
        return (isUp ? desiredReplicas - start : start - desiredReplicas) <= Math.ceil(allowed + 1e-9);
      });
      return selectPolicy === 'Max' ? changes.some(Boolean) : selectPolicy === 'Min' && changes.every(Boolean);
    });
    expect(violations).toEqual([]);
  });

  test('no recommendation is kept beyond the windows, and no more events than a period had syncs', () => {
    const violations = findComputedViolations(({ atMs }, { state }, { behavior: { scaleUp, scaleDown }, syncs }) => {
      const windowMs = Math.max(scaleUp.stabilizationWindowMs, scaleDown.stabilizationWindowMs);
      const periodMs = Math.max(...[...scaleUp.policies, ...scaleDown.policies].map((policy) => policy.periodMs));
      const busiest = Math.max(...syncs.map((last) => syncs.filter(({ nowMs }) => isBetween(nowMs, last.nowMs - periodMs, last.nowMs)).length));
      const isFresh = state.recommendations.every((past) => past.atMs > atMs - windowMs || past.atMs === atMs);
      return isFresh && state.scaleUpEvents.length <= busiest && state.scaleDownEvents.length <= busiest;
    });
    expect(violations).toEqual([]);
  });

  test('what may change next lies ahead and goes towards the wish', () => {
    const violations = findComputedViolations(({ atMs, desiredReplicas, nextChange, recommendation }) => {
      if (nextChange === null) return true;
      return nextChange.atMs > atMs && Math.sign(nextChange.replicas - desiredReplicas) === Math.sign(recommendation.replicas - desiredReplicas);
    });
    expect(violations).toEqual([]);
    expect(PLAYED.some(({ step: { decision } }) => decision.kind === 'computed' && decision.nextChange !== null)).toBe(true);
  });

  test('there is a sentence for it, in whole words and numbers', () => {
    const sentences = PLAYED.map(({ step: { decision } }) => explainDecision(decision, { nowMs: decision.atMs, nextSyncMs: decision.atMs + 15_000 }));
    expect(sentences.filter((sentence) => !sentence.endsWith(', next look in 15 s'))).toEqual([]);
    expect(sentences.filter((sentence) => /NaN|undefined|null|Infinity|\d\.\d{2}|-\d+ s/.test(sentence))).toEqual([]);
  });
});

/** Changes after a moment. */
function total(events: AutoscalerState['scaleUpEvents'], afterMs: number): number {
  return events.filter(({ atMs }) => atMs > afterMs).reduce((sum, { change }) => sum + change, 0);
}

test('more CPU never asks for fewer replicas', () => {
  const random = new SeededRandom(50);
  for (let round = 0; round < 60; round++) {
    const count = random.integer(1, 12);
    const silent = random.integer(0, count - 1);
    const cpuTarget = random.pick(1, 30, 50, 80, 150);
    let last = 0;
    for (let millicores = 0; millicores < 400; millicores++) {
      const pods = Array.from({ length: count }, (_, index) => settledPod(millicores, 100, index < silent ? { cpu: null } : {}));
      const input = { nowMs: NOW_MS, currentReplicas: count, cpuTarget, pods };
      const result = recommendReplicas(input, { scaleUp: 0.1, scaleDown: 0.1 });
      if (result.kind !== 'computed') throw new Error(result.failure);
      expect(result.replicas).toBeGreaterThanOrEqual(last);
      last = result.replicas;
    }
  }
});

test('a service under load never oscillates at a constant rate', () => {
  const behavior = createBehavior({ scaleDownWindowMs: 10_000, policyPeriodMs: 5_000 });
  for (let load = 30; load <= 1000; load += 7) {
    let replicas = 3;
    let state = createAutoscalerState(0, replicas);
    const changes: number[] = [];
    for (let ms = 0; ms <= 120_000; ms += 2_000) {
      const pods = Array.from({ length: replicas }, () =>
        settledPod(Math.round(load / replicas), 100, {
          startTimeMs: ms - 600_000,
          readyCondition: { status: 'True', lastTransitionMs: ms - 590_000 },
          cpu: { millicores: Math.round(load / replicas), timestampMs: ms, windowMs: 2_000 },
        }),
      );
      const input = { nowMs: ms, currentReplicas: replicas, minReplicas: 3, maxReplicas: 10, cpuTarget: 50, pods };
      const result = syncAutoscaler(state, input, behavior);
      ({ state } = result);
      if (result.decision.desiredReplicas !== replicas) changes.push(Math.sign(result.decision.desiredReplicas - replicas));
      replicas = result.decision.desiredReplicas;
    }
    expect(new Set(changes).size).toBeLessThanOrEqual(1);
  }
});
