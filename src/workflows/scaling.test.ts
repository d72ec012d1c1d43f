import { expect, test } from 'vitest';
import { replicaPath, type ScalingPoint, summariseScaling } from './scaling.ts';

function timelineOf(...ready: readonly number[]): ScalingPoint[] {
  return ready.map((count, index) => ({ ms: index * 1_000, desired: count, ready: count, cpuPercent: null, requestsPerSecond: null }));
}

test.each([
  [[3, 3, 7, 8, 8, 4], '3 → 8 → 4'],
  [[3], '3'],
  [[3, 4, 5, 4, 5], '3 → 5 → 4 → 5'],
  [[], ''],
])('path of %j is %s', (ready, expected) => expect(replicaPath(timelineOf(...ready))).toBe(expected));

test('the first scale-out is the first moment with more ready replicas than at the start', () => {
  expect(summariseScaling(timelineOf(3, 2, 3, 7, 8, 4))).toMatchObject({ firstScaleOutMs: 3_000, maxReady: 8 });
});

test('without a scale-out there is no time of one', () => {
  expect(summariseScaling(timelineOf(3, 3))).toMatchObject({ firstScaleOutMs: null, maxReady: 3 });
});
