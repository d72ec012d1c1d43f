import { idleAutoscaler } from '../targets/idle-autoscaler.ts';
import { expect, test } from 'vitest';
import type { SnapshotSample } from './snapshot-sampler.ts';
import { replicaPath, scaleEvents, sinceLoadBegan, type ScalingPoint, summariseScaling } from './scaling.ts';

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

function sampleOf(ms: number, desired: number, explanation: string): SnapshotSample {
  return {
    ms,
    snapshot: {
      atMs: 0,
      state: 'ready',
      identity: { target: 'local', context: null, namespace: 'n', name: 's' },
      url: null,
      image: null,
      replicas: { min: 3, max: 10, desired, ready: 3 },
      autoscaler: idleAutoscaler('emulated', 50, explanation),
      pods: [],
      prices: null,
      problem: null,
    },
  };
}

test('each change of the wanted replicas is an event with the words of its decision', () => {
  const samples = [sampleOf(0, 3, 'a'), sampleOf(1_000, 3, 'b'), sampleOf(2_000, 7, 'c'), sampleOf(3_000, 6, 'd')];
  expect(scaleEvents(samples)).toEqual([
    { ms: 2_000, from: 3, to: 7, explanation: 'c' },
    { ms: 3_000, from: 7, to: 6, explanation: 'd' },
  ]);
});

test('without a scale-out there is no time of one', () => {
  expect(summariseScaling(timelineOf(3, 3))).toMatchObject({ firstScaleOutMs: null, maxReady: 3 });
});

test.each([
  ['from the start', 0, [0, 1_000, 2_000]],
  ['after two looks, of which the last is where it begins', 1_500, [0, 500]],
  ['at the very moment of a look', 1_000, [0, 1_000]],
  ['after the last look', 9_000, [0]],
])('time counts from the beginning of the load: %s', (_, beganMs, expected) => {
  const samples = [0, 1_000, 2_000].map((ms) => sampleOf(ms, 3, ''));
  expect(sinceLoadBegan(samples, beganMs).map(({ ms }) => ms)).toEqual(expected);
  expect(sinceLoadBegan([], beganMs)).toEqual([]);
});
