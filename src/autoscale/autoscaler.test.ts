import { describe, expect, test } from 'vitest';
import { syncAutoscaler } from './autoscaler.ts';
import type { SyncInput } from './autoscaler.ts';
import { createBehavior } from './behavior.ts';
import type { ScalingBehavior } from './behavior.ts';
import type { ComputedDecision, Decision } from './decision.ts';
import { NOW_MS, freshPod, settledPod, terminatingPod, unmeasuredPod } from './pods.fixture.ts';
import type { PodSample } from './pods.ts';
import { createAutoscalerState } from './state.ts';
import type { AutoscalerState } from './state.ts';

const BOUNDS = { minReplicas: 3, maxReplicas: 10, cpuTarget: 50 };
const BEHAVIOR = createBehavior();
const BLANK: AutoscalerState = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [] };

/** This many settled pods of one size, each using this percent of its request. */
const podsAt = (count: number, percent: number): PodSample[] => Array.from({ length: count }, () => settledPod(percent, 100));

function input(currentReplicas: number, pods: readonly PodSample[], overrides: Partial<SyncInput> = {}): SyncInput {
  return { ...BOUNDS, nowMs: NOW_MS, currentReplicas, pods, ...overrides };
}

function reasons(decision: Decision): string[] {
  return decision.conditions.map(({ status, reason }) => `${status} ${reason}`);
}

function computed(decision: Decision): ComputedDecision {
  if (decision.kind !== 'computed') throw new Error(decision.kind);
  return decision;
}

describe('one sync', () => {
  test('the story of the sketch: three pods at 131 % want 8, the policy allows 7', () => {
    const { state, decision } = syncAutoscaler(createAutoscalerState(NOW_MS - 15_000, 3), input(3, podsAt(3, 131)), BEHAVIOR);
    expect(decision).toMatchObject({
      kind: 'computed',
      atMs: NOW_MS,
      ...BOUNDS,
      currentReplicas: 3,
      desiredReplicas: 7,
      recommendation: { replicas: 8, keptBy: null, utilization: { percent: 131, usageMillicores: 393, requestMillicores: 300, pods: 3 } },
      stabilization: { replicas: 8, heldBy: null },
      limit: { reason: 'ScaleUpLimit', replicas: 7, policy: { type: 'Pods', value: 4 }, periodStartReplicas: 3 },
      nextChange: { atMs: NOW_MS + 15_000, replicas: 8 },
    });
    expect(reasons(decision)).toEqual(['True SucceededRescale', 'True ValidMetricFound', 'True ScaleUpLimit']);
    expect(state.scaleUpEvents).toEqual([{ change: 4, atMs: NOW_MS }]);
    expect(state.recommendations.at(-1)).toEqual({ replicas: 8, atMs: NOW_MS });
  });

  test('a fall is held by the highest wish of the window, and the decision says until when', () => {
    const state = { ...BLANK, recommendations: [{ replicas: 6, atMs: NOW_MS - 290_000 }, { replicas: 5, atMs: NOW_MS - 100_000 }] };
    const { state: next, decision } = syncAutoscaler(state, input(6, podsAt(6, 18)), BEHAVIOR);
    expect(decision).toMatchObject({
      desiredReplicas: 6,
      recommendation: { replicas: 3 },
      stabilization: { replicas: 6, heldBy: { replicas: 6, atMs: NOW_MS - 290_000, window: 'down', windowMs: 300_000 } },
      limit: null,
      nextChange: { atMs: NOW_MS + 10_000, replicas: 5 },
    });
    expect(reasons(decision)).toEqual(['True ScaleDownStabilized', 'True ValidMetricFound', 'False DesiredWithinRange']);
    expect(next.scaleDownEvents).toEqual([]);
  });

  test('on target nothing changes and nothing is awaited', () => {
    const { state, decision } = syncAutoscaler(BLANK, input(4, podsAt(4, 52)), BEHAVIOR);
    expect(decision).toMatchObject({ desiredReplicas: 4, recommendation: { keptBy: 'tolerance' }, nextChange: null });
    expect(reasons(decision)).toEqual(['True ReadyForNewScale', 'True ValidMetricFound', 'False DesiredWithinRange']);
    expect(state).toEqual({ ...BLANK, recommendations: [{ replicas: 4, atMs: NOW_MS }] });
  });

  test('the maximum ends the way up', () => {
    const { decision } = syncAutoscaler(BLANK, input(8, podsAt(8, 300)), BEHAVIOR);
    const limit = { reason: 'TooManyReplicas', replicas: 10 };
    expect(decision).toMatchObject({ desiredReplicas: 10, recommendation: { replicas: 48 }, limit, nextChange: null });
  });

  test('the minimum ends the way down', () => {
    const { decision } = syncAutoscaler(BLANK, input(8, podsAt(8, 0)), BEHAVIOR);
    const limit = { reason: 'TooFewReplicas', replicas: 3 };
    expect(decision).toMatchObject({ desiredReplicas: 3, recommendation: { replicas: 0 }, limit, nextChange: null });
    expect(reasons(decision)).toEqual(['True SucceededRescale', 'True ValidMetricFound', 'True TooFewReplicas']);
  });

  test('at 0 replicas it is off', () => {
    const before = createAutoscalerState(NOW_MS - 1, 0);
    const { state, decision } = syncAutoscaler(before, input(0, podsAt(2, 500)), BEHAVIOR);
    expect(decision).toMatchObject({ kind: 'disabled', desiredReplicas: 0 });
    expect(reasons(decision)).toEqual(['True SucceededGetScale', 'False ScalingDisabled']);
    expect(state).toEqual(before);
  });

  test.for<[string, number, number, 'scaleUpEvents' | 'scaleDownEvents', number]>([
    ['below the minimum', 1, 3, 'scaleUpEvents', 2],
    ['above the maximum', 14, 10, 'scaleDownEvents', 4],
  ])('%s it goes to the bound at once, without a metric, and remembers the step', ([, current, desired, events, change]) => {
    const { state, decision } = syncAutoscaler(createAutoscalerState(NOW_MS, current), input(current, []), BEHAVIOR);
    expect(decision).toMatchObject({ kind: 'out-of-bounds', desiredReplicas: desired });
    expect(reasons(decision)).toEqual(['True SucceededRescale']);
    expect(state[events]).toEqual([{ change, atMs: NOW_MS }]);
    expect(state.recommendations).toHaveLength(1);
  });

  test('without a recommendation the replicas stay and nothing is remembered', () => {
    const before = createAutoscalerState(NOW_MS - 15_000, 3);
    const { state, decision } = syncAutoscaler(before, input(3, [freshPod(500), unmeasuredPod()]), BEHAVIOR);
    expect(decision).toMatchObject({ kind: 'failed', desiredReplicas: 3, recommendation: { failure: 'pods-unready' } });
    expect(reasons(decision)).toEqual(['True SucceededGetScale', 'False FailedGetResourceMetric']);
    expect(state).toEqual(before);
  });

  test('the decision names every pod and its group', () => {
    const pods = [settledPod(50, 100, { name: 'a' }), unmeasuredPod(100), freshPod(5, 100), terminatingPod(9, 100)];
    const { decision } = syncAutoscaler(BLANK, input(3, pods), BEHAVIOR);
    expect(computed(decision).recommendation.pods.map(({ name, group }) => `${name} ${group}`)).toEqual([
      'a ready',
      'unmeasured missing',
      'fresh unready',
      'terminating ignored',
    ]);
  });

  test('neither state nor input is changed', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach((inner) => freeze(inner));
      return value;
    };
    const event = { change: 1, atMs: 1 };
    const state = freeze({ recommendations: [{ replicas: 3, atMs: 1 }], scaleUpEvents: [event], scaleDownEvents: [event] });
    expect(() => syncAutoscaler(state, freeze(input(3, podsAt(3, 131))), freeze(createBehavior()))).not.toThrow();
  });

  test('a decision survives JSON', () => {
    for (const pods of [podsAt(3, 131), [], podsAt(3, 0)]) {
      const { state, decision } = syncAutoscaler(createAutoscalerState(NOW_MS, 3), input(3, pods), BEHAVIOR);
      expect(JSON.parse(JSON.stringify({ state, decision }))).toEqual({ state, decision });
    }
  });
});

// The substance of the CPU cases of Kubernetes' pkg/controller/podautoscaler/horizontal_test.go, through a whole sync.
describe('Kubernetes\' own cases', () => {
  test.for<[string, number, number, number, number, number, readonly number[], number]>([
    ['scale up', 2, 6, 3, 30, 100, [30, 50, 70], 5],
    ['scale down', 2, 6, 5, 50, 100, [10, 30, 50, 25, 25], 3],
    ['an event for a step up', 1, 5, 1, 50, 200, [200], 2],
    ['no event on target', 1, 5, 2, 50, 400, [200, 200], 2],
    ['tolerance', 1, 5, 3, 100, 1000, [1010, 1030, 1020], 3],
    ['a step up that the conflict test makes', 2, 6, 3, 50, 1000, [600, 700, 800], 5],
  ])('%s', ([, minReplicas, maxReplicas, current, cpuTarget, request, levels, desired]) => {
    const pods = levels.map((cpu) => settledPod(cpu, request));
    const { decision } = syncAutoscaler(BLANK, input(current, pods, { minReplicas, maxReplicas, cpuTarget }), BEHAVIOR);
    expect(decision.desiredReplicas).toBe(desired);
  });

  test('a step down waits for what was recommended a minute ago, not ten', () => {
    const state = { ...BLANK, recommendations: [{ replicas: 10, atMs: NOW_MS - 600_000 }, { replicas: 4, atMs: NOW_MS - 60_000 }] };
    const pods = [50, 50, 50].map((cpu) => settledPod(cpu, 100));
    const { decision } = syncAutoscaler(state, input(4, pods, { minReplicas: 1, maxReplicas: 5, cpuTarget: 100 }), BEHAVIOR);
    expect(decision.desiredReplicas).toBe(4);
    expect(reasons(decision)).toContain('True ScaleDownStabilized');
  });
});

interface Course {
  readonly start: number;
  readonly syncMs: number;
  readonly behavior: ScalingBehavior;
  /** From when to when the service uses 400 % of one pod's request; else it uses 60 %. */
  readonly peak: readonly [number, number];
  readonly untilMs: number;
}

/** Syncs one after the other, with as many settled pods as the last decision said. Returns second and replicas of each change. */
function run(options: Course): [number, number][] {
  const timeline: [number, number][] = [];
  let replicas = options.start;
  let state = createAutoscalerState(NOW_MS, replicas);
  for (let ms = 0; ms <= options.untilMs; ms += options.syncMs) {
    const total = ms >= options.peak[0] && ms < options.peak[1] ? 400 : 60;
    const pods = podsAt(replicas, Math.floor(total / replicas));
    const result = syncAutoscaler(state, input(replicas, pods, { nowMs: NOW_MS + ms }), options.behavior);
    ({ state } = result);
    if (result.decision.desiredReplicas !== replicas) timeline.push([ms / 1000, result.decision.desiredReplicas]);
    replicas = result.decision.desiredReplicas;
  }
  return timeline;
}

describe('over time', () => {
  test('the quick lab: out within seconds, back when the window lets go', () => {
    const behavior = createBehavior({ scaleDownWindowMs: 10_000, policyPeriodMs: 5_000 });
    expect(run({ start: 3, syncMs: 2_000, behavior, peak: [20_000, 55_000], untilMs: 90_000 })).toEqual([
      [20, 7],
      [26, 8],
      [64, 3],
    ]);
  });

  test('by default a fall takes five minutes from the last high wish', () => {
    expect(run({ start: 3, syncMs: 15_000, behavior: BEHAVIOR, peak: [0, 60_000], untilMs: 600_000 })).toEqual([
      [0, 7],
      [15, 8],
      [345, 3],
    ]);
  });

  test('a restart holds a fall back for a whole window', () => {
    expect(run({ start: 8, syncMs: 15_000, behavior: BEHAVIOR, peak: [0, 0], untilMs: 600_000 })).toEqual([[300, 3]]);
  });

  test('a clock that goes back an hour holds a fall back for one window, not for an hour', () => {
    const before = { ...BLANK, recommendations: [{ replicas: 8, atMs: NOW_MS + 3_600_000 }] };
    const { state, decision } = syncAutoscaler(before, input(8, podsAt(8, 7)), BEHAVIOR);
    expect(decision).toMatchObject({ desiredReplicas: 8, nextChange: { atMs: NOW_MS + 300_000, replicas: 3 } });
    const later = syncAutoscaler(state, input(8, podsAt(8, 7), { nowMs: NOW_MS + 300_000 }), BEHAVIOR);
    expect(later.decision.desiredReplicas).toBe(3);
  });
});
