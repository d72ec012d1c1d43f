import { expect, test } from 'vitest';
import { syncAutoscaler } from './autoscaler.ts';
import { createScenarios } from './controller.fixture.ts';
import type { Scenario } from './controller.fixture.ts';
import record from './controller.fixture.json' with { type: 'json' };
import type { Decision, ScalingCondition } from './decision.ts';
import { createAutoscalerState } from './state.ts';

/** One sync's outcome in the shape of the record: desired replicas, percent of the request, conditions. */
function summarize(decision: Decision): [number, number | null, string] {
  const conditions = decision.conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`).toSorted();
  const percent = decision.kind === 'computed' ? decision.recommendation.utilization.percent : null;
  return [decision.desiredReplicas, percent, conditions.join(', ')];
}

function replay(scenario: Scenario): readonly [number, number | null, string][] {
  const { minReplicas, maxReplicas, cpuTarget, behavior } = scenario;
  let currentReplicas = scenario.syncs[0]?.setReplicas ?? scenario.initialReplicas;
  let state = createAutoscalerState(scenario.syncs[0]?.nowMs ?? 0, currentReplicas);
  return scenario.syncs.map(({ nowMs, setReplicas, pods }) => {
    currentReplicas = setReplicas ?? currentReplicas;
    const result = syncAutoscaler(state, { nowMs, currentReplicas, minReplicas, maxReplicas, cpuTarget, pods }, behavior);
    state = result.state;
    currentReplicas = result.decision.desiredReplicas;
    return summarize(result.decision);
  });
}

test(`every sync of every scenario ends as under the controller of Kubernetes ${record.kubernetes}`, () => {
  const outcomes = createScenarios(record.outcomes.length).map((scenario) => replay(scenario));
  const recorded = record.outcomes.map((syncs) =>
    syncs.map(([desired, percent, conditions]) => [desired, percent, record.conditions[conditions ?? -1]]),
  );
  expect(outcomes).toEqual(recorded);
});

test('the record holds every reason that the controller can give here', () => {
  const reasons = record.conditions.flatMap((conditions) => conditions.split(', ').map((condition) => condition.split(' ').at(-1)));
  const expected: ScalingCondition['reason'][] = [
    'SucceededGetScale',
    'ReadyForNewScale',
    'ScaleUpStabilized',
    'ScaleDownStabilized',
    'SucceededRescale',
    'ValidMetricFound',
    'ScalingDisabled',
    'FailedGetResourceMetric',
    'DesiredWithinRange',
    'TooManyReplicas',
    'TooFewReplicas',
    'ScaleUpLimit',
    'ScaleDownLimit',
  ];
  expect(new Set(reasons)).toEqual(new Set(expected));
});
