import { expect, test } from 'vitest';
import { failedPod, neverReadyPod, NOW_MS, pendingPod, settledPod, terminatingPod, unmeasuredPod } from './pods.fixture.ts';
import { DEFAULT_READINESS_DELAYS, type PodSample } from './pods.ts';
import { recommendByAverage } from './recommend-average.ts';

const tolerance = { scaleUp: 0.1, scaleDown: 0.1 };
const using = (...usages: readonly number[]): PodSample[] => usages.map((usage) => settledPod(usage));
const recommend = (pods: readonly PodSample[], currentReplicas = pods.length, target = 100) =>
  recommendByAverage({ nowMs: NOW_MS, currentReplicas, target, pods }, tolerance, DEFAULT_READINESS_DELAYS);

test.each<[string, readonly PodSample[], number, object]>([
  ['above the target', using(150, 150), 2, { replicas: 3, measured: { average: 150, pods: 2 }, corrected: null, keptBy: null }],
  ['below it', using(40, 40, 40), 3, { replicas: 2 }],
  ['at the edge of the tolerance', using(110, 110), 2, { replicas: 2, keptBy: 'tolerance' }],
  ['beyond it', using(111, 111), 2, { replicas: 3, keptBy: null }],
  ['the average is cut', using(110, 111), 2, { replicas: 2, measured: { average: 110 } }],
  ['missing on the way up: idle', [...using(300, 300), unmeasuredPod()], 3, { replicas: 6, missingUsage: 0, corrected: { average: 200, pods: 3 } }],
  ['missing on the way down: on target', [...using(10, 10), unmeasuredPod()], 3, { replicas: 2, missingUsage: 100, corrected: { average: 40 } }],
  ['exactly on target missing ones stay out', [...using(100, 100), unmeasuredPod()], 3, { replicas: 3, missingUsage: null, keptBy: 'tolerance' }],
  ['not ready on the way up: idle', [...using(300), pendingPod()], 2, { replicas: 3, corrected: { average: 150, pods: 2 } }],
  ['not ready on the way down: left out', [...using(40, 40), pendingPod()], 3, { replicas: 1, corrected: null }],
  ['the guess turns the direction', [...using(130), pendingPod(), pendingPod()], 3, { replicas: 3, keptBy: 'direction' }],
  ['more pods than there shall be', [...using(10, 10, 10, 10), unmeasuredPod(), unmeasuredPod(), unmeasuredPod()], 3, { replicas: 3, keptBy: 'pod-count' }],
  ['ending and failed ones are left out', [...using(150, 150), terminatingPod(900), failedPod()], 2, { replicas: 3, measured: { pods: 2 } }],
])('%s', (_, pods, current, expected) => {
  expect(recommend(pods, current)).toMatchObject({ kind: 'computed', ...expected });
});

test.each<[string, readonly PodSample[]]>([
  ['no-pods', []],
  ['no-metrics', [unmeasuredPod(), pendingPod()]],
  ['pods-unready', [neverReadyPod(10)]],
])('%s', (failure, pods) => {
  expect(recommend(pods)).toMatchObject({ kind: 'failed', failure });
});

test('readiness is not looked at without delays', () => {
  const input = { nowMs: NOW_MS, currentReplicas: 1, target: 5, pods: [neverReadyPod(10)] };
  expect(recommendByAverage(input, tolerance, null)).toMatchObject({ replicas: 2 });
});
