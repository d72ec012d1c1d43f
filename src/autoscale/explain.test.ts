import { describe, expect, test } from 'vitest';
import { syncAutoscaler } from './autoscaler.ts';
import { createBehavior } from './behavior.ts';
import type { ScalingBehavior, ScalingRules } from './behavior.ts';
import type { Decision } from './decision.ts';
import { explainDecision } from './explain.ts';
import { failedPod, freshPod, neverReadyPod, NOW_MS, pendingPod, settledPod, terminatingPod, unmeasuredPod } from './pods.fixture.ts';
import type { PodSample } from './pods.ts';
import { createAutoscalerState } from './state.ts';
import type { AutoscalerState, PastRecommendation } from './state.ts';

interface Situation {
  readonly replicas: number;
  readonly pods: readonly PodSample[];
  readonly past?: readonly PastRecommendation[];
  readonly state?: Partial<AutoscalerState>;
  readonly behavior?: ScalingBehavior;
  readonly cpuTarget?: number;
}

function decide({ replicas, pods, past = [], state = {}, behavior = createBehavior(), cpuTarget = 50 }: Situation): Decision {
  const before = { ...createAutoscalerState(NOW_MS, replicas), recommendations: past, ...state };
  const input = { nowMs: NOW_MS, currentReplicas: replicas, minReplicas: 3, maxReplicas: 10, cpuTarget, pods };
  return syncAutoscaler(before, input, behavior).decision;
}

const explain = (situation: Situation): string => explainDecision(decide(situation), { nowMs: NOW_MS });
const podsAt = (count: number, percent: number): PodSample[] => Array.from({ length: count }, () => settledPod(percent, 100));
const ago = (replicas: number, seconds: number): PastRecommendation => ({ replicas, atMs: NOW_MS - seconds * 1000 });

function withRules(direction: keyof ScalingBehavior, rules: Partial<ScalingRules>): ScalingBehavior {
  const behavior = createBehavior();
  return { ...behavior, [direction]: { ...behavior[direction], ...rules } };
}

test.for<[string, Situation, string]>([
  [
    'a policy limits',
    { replicas: 3, pods: podsAt(3, 131) },
    'CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 in 15 s',
  ],
  [
    'the window holds',
    { replicas: 6, pods: podsAt(6, 18), past: [ago(6, 259)] },
    'CPU 18 % of request, target 50 %: wants 3; holding 6: highest wish of the last 300 s; may go to 3 in 41 s',
  ],
  [
    'a wish above what there is holds',
    { replicas: 6, pods: podsAt(6, 18), past: [ago(9, 259)] },
    'CPU 18 % of request, target 50 %: wants 3; holding 6: highest wish of the last 300 s is 9; may go to 3 in 41 s',
  ],
  [
    'the window lets part of the fall happen',
    { replicas: 8, pods: podsAt(8, 15), past: [ago(6, 200)] },
    'CPU 15 % of request, target 50 %: wants 3; going to 6: highest wish of the last 300 s; may go to 3 in 100 s',
  ],
  [
    'a scale-up window holds',
    { replicas: 3, pods: podsAt(3, 90), past: [ago(3, 20)], behavior: withRules('scaleUp', { stabilizationWindowMs: 60_000 }) },
    'CPU 90 % of request, target 50 %: wants 6; holding 3: lowest wish of the last 60 s; may go to 6 in 40 s',
  ],
  ['within the tolerance', { replicas: 4, pods: podsAt(4, 52) }, 'CPU 52 % of request, target 50 %: within tolerance (45 % to 55 %), keeps 4'],
  [
    'a tolerance that is no whole percent',
    { replicas: 4, pods: podsAt(4, 33), cpuTarget: 35 },
    'CPU 33 % of request, target 35 %: within tolerance (31.5 % to 38.5 %), keeps 4',
  ],
  ['nothing in the way', { replicas: 3, pods: podsAt(3, 70) }, 'CPU 70 % of request, target 50 %: wants 5'],
  ['the maximum', { replicas: 9, pods: podsAt(9, 100) }, 'CPU 100 % of request, target 50 %: wants 18; the maximum is 10'],
  ['the minimum', { replicas: 4, pods: podsAt(4, 5) }, 'CPU 5 % of request, target 50 %: wants 1; the minimum is 3'],
  [
    'a policy for the way down',
    { replicas: 9, pods: podsAt(9, 20), behavior: withRules('scaleDown', { policies: [{ type: 'Percent', value: 10, periodMs: 60_000 }] }) },
    'CPU 20 % of request, target 50 %: wants 4; -10 % per 60 s allows 8; may go to 7 in 60 s',
  ],
  [
    'no way up',
    { replicas: 3, pods: podsAt(3, 90), behavior: withRules('scaleUp', { selectPolicy: 'Disabled' }) },
    'CPU 90 % of request, target 50 %: wants 6; scaling up is disabled',
  ],
  [
    'no way down',
    { replicas: 6, pods: podsAt(6, 10), behavior: withRules('scaleDown', { selectPolicy: 'Disabled' }) },
    'CPU 10 % of request, target 50 %: wants 2; scaling down is disabled',
  ],
  [
    'pods that are not ready count as idle on the way up',
    { replicas: 5, pods: [...podsAt(3, 200), pendingPod(100), freshPod(5, 100)] },
    'CPU 200 % of request, target 50 %: wants 12; counted as idle: 1 pending, 1 warming up; the maximum is 10',
  ],
  [
    'on the way down they do not count',
    { replicas: 5, pods: [...podsAt(3, 10), neverReadyPod(5, 100), neverReadyPod(5, 100)] },
    'CPU 10 % of request, target 50 %: wants 1; not counted: 2 not ready; the minimum is 3',
  ],
  [
    'pods without metric count as busy on the way down',
    { replicas: 5, pods: [...podsAt(4, 10), unmeasuredPod(100), terminatingPod(9, 100), failedPod(100)] },
    'CPU 10 % of request, target 50 %: wants 3; counted as 100 %: 1 without metric; not counted: 1 ending, 1 failed',
  ],
  [
    'the guess lands within the tolerance',
    { replicas: 4, pods: [...podsAt(2, 100), unmeasuredPod(100), unmeasuredPod(100)] },
    'CPU 100 % of request, target 50 %: 50 % with the others counted, within tolerance (45 % to 55 %), keeps 4; counted as idle: 2 without metric',
  ],
  [
    'the guess turns the direction',
    { replicas: 3, pods: [...podsAt(1, 80), pendingPod(100), pendingPod(100)] },
    'CPU 80 % of request, target 50 %: 26 % with the others counted, on the other side of the target, keeps 3; counted as idle: 2 pending',
  ],
  [
    'more pods than there shall be',
    { replicas: 3, pods: [...podsAt(4, 10), unmeasuredPod(100), unmeasuredPod(100)] },
    'CPU 10 % of request, target 50 %: 40 % with the others counted, yet so many pods that it asks for more, keeps 3; counted as 100 %: 2 without metric',
  ],
  ['no pods', { replicas: 3, pods: [] }, 'no pods to measure: keeps 3'],
  ['no metrics', { replicas: 3, pods: [unmeasuredPod(), pendingPod()] }, 'no CPU metrics yet: keeps 3'],
  [
    'no pod counts',
    { replicas: 3, pods: [freshPod(5), freshPod(5), pendingPod(), settledPod(1, 1, { readyCondition: null })] },
    'no pod counts yet (2 warming up, 1 pending, 1 of unknown readiness): keeps 3',
  ],
  [
    'pods without request',
    { replicas: 3, pods: [settledPod(1), settledPod(1, null, { name: 'sidecar-1' }), settledPod(1, null, { name: 'sidecar-2' })] },
    'no CPU request on sidecar-1, sidecar-2: keeps 3',
  ],
  ['requests of nothing', { replicas: 3, pods: [settledPod(1, 0)] }, 'the pods request no CPU: keeps 3'],
  ['off', { replicas: 0, pods: [] }, 'off: the service is set to 0 replicas'],
  ['below the minimum', { replicas: 1, pods: [] }, '1 is below the minimum: goes to 3 at once'],
  ['above the maximum', { replicas: 12, pods: [] }, '12 is above the maximum: goes to 10 at once'],
])('%s', ([, situation, sentence]) => {
  expect(explain(situation)).toBe(sentence);
});

describe('times', () => {
  const held = decide({ replicas: 6, pods: podsAt(6, 18), past: [ago(6, 259)] });

  test('moments are shown as the caller likes', () => {
    const formatted = explainDecision(held, { nowMs: NOW_MS, formatTime: (ms) => `T+${(ms - NOW_MS) / 1000}` });
    expect(formatted).toMatch(/; may go to 3 at T\+41$/);
  });

  test('relative ones count from the given now, are rounded up and never negative', () => {
    expect(explainDecision(held, { nowMs: NOW_MS + 500 })).toMatch(/ in 41 s$/);
    expect(explainDecision(held, { nowMs: NOW_MS + 1_000 })).toMatch(/ in 40 s$/);
    expect(explainDecision(held, { nowMs: NOW_MS + 50_000 })).toMatch(/ in 0 s$/);
  });

  test('the next look is told when it is known', () => {
    expect(explainDecision(held, { nowMs: NOW_MS, nextSyncMs: NOW_MS + 1_500 })).toMatch(/, next look in 2 s$/);
    const failed = explainDecision(decide({ replicas: 3, pods: [] }), { nowMs: NOW_MS, nextSyncMs: NOW_MS });
    expect(failed).toBe('no pods to measure: keeps 3, next look in 0 s');
  });

  test('a metric older than its window is called old', () => {
    const cpu = { millicores: 60, timestampMs: NOW_MS - 30_000, windowMs: 30_000 };
    expect(explain({ replicas: 3, pods: [settledPod(60, 100, { cpu })] })).toMatch(/^CPU 60 % of request, target/);
    const old = { ...cpu, timestampMs: NOW_MS - 41_200 };
    expect(explain({ replicas: 3, pods: [settledPod(60, 100, { cpu: old })] })).toMatch(/^CPU 60 % of request \(41 s old\), target/);
  });
});
