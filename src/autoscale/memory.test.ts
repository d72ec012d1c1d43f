import { expect, test } from 'vitest';
import { addMoment, beginMemory, knownPast, type SeenMoment, type WatchMemory } from './memory.ts';

const nothing = { recommendations: [], recommendationsSinceMs: null, scaleUpEvents: [], scaleDownEvents: [], scalingsSinceMs: null };

/** What is seen so many seconds after the start: metrics at this percentage ask for so many replicas. */
function seen(seconds: number, replicas: number, other: Partial<SeenMoment> = {}): SeenMoment {
  const wish = { replicas, values: [replicas * 10] };
  return { nowMs: seconds * 1_000, wish, wishBefore: wish, toldValues: [null], currentReplicas: 3, lookedAtMs: 0, scaledAtMs: null, ...other };
}

function watch(...moments: readonly SeenMoment[]): WatchMemory {
  const [first, ...others] = moments;
  if (first === undefined) throw new Error('nothing was seen');
  return others.reduce((memory, moment) => addMoment(memory, moment, 15_000), beginMemory(first));
}

test('a look that wrote the status remembers what was asked for just before', () => {
  expect(watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 })).recommendations).toEqual([{ replicas: 4, atMs: 15_000 }]);
});

test('a look that brought nothing new comes by its period', () => {
  expect(watch(seen(14, 4), seen(15.5, 4), seen(16.5, 4), seen(30.5, 4), seen(31.5, 4)).recommendations.map(({ atMs }) => atMs)).toEqual([15_000, 30_000]);
});

test('what is remembered stays whole periods before a look that drifts', () => {
  const drifted = watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 }), seen(29, 4, { lookedAtMs: 15_000 }), seen(31.5, 4, { lookedAtMs: 31_000 }));
  expect(drifted.recommendations.map(({ atMs }) => atMs)).toEqual([16_000, 31_000]);
  const anew = watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 }), seen(29, 4, { lookedAtMs: 15_000 }), seen(35, 4, { lookedAtMs: 34_000 }));
  expect(anew.recommendations.map(({ atMs }) => atMs)).toEqual([15_000, 34_000]);
});

test('long after the last word of a look nobody knows when it looks: each sight may be one', () => {
  const told = { lookedAtMs: -700_000 };
  expect(watch(seen(14, 4, told), seen(15, 4, told), seen(16, 5, told))).toMatchObject({ lookedAtMs: null, recommendations: [{ atMs: 15_000 }, { replicas: 4 }, { replicas: 5, atMs: 16_000 }] });
});

function around(toldValues: readonly (number | null)[]): readonly number[] {
  return watch(seen(14, 4), seen(15.5, 7, { lookedAtMs: 15_000, toldValues })).recommendations.map(({ replicas }) => replicas);
}

test('of two readings around a look it is the one that it tells, else both', () => {
  expect(around([40])).toEqual([4]);
  expect(around([70])).toEqual([7]);
  expect(around([55])).toEqual([4, 7]);
});

test('only scalings of the autoscaler are its events', () => {
  const scaled = watch(seen(14, 5), seen(15.5, 5, { currentReplicas: 5, lookedAtMs: 15_000, scaledAtMs: 15_000 }), seen(20, 5, { currentReplicas: 9, lookedAtMs: 15_000, scaledAtMs: 15_000 }));
  expect(scaled.scaleUpEvents).toEqual([{ change: 2, atMs: 15_000 }]);
  expect(watch(seen(14, 1), seen(15.5, 1, { currentReplicas: 1, scaledAtMs: 15_000 })).scaleDownEvents).toEqual([{ change: 2, atMs: 15_000 }]);
});

test('what was known before the watch counts beside it', () => {
  const memory = watch(seen(100, 4), seen(107, 4));
  const past = knownPast(memory, { ...nothing, recommendations: [{ replicas: 9, atMs: 50_000 }, { replicas: 9, atMs: 110_000 }], scalingsSinceMs: 60_000 });
  expect(past).toMatchObject({ recommendationsSinceMs: 100_000, scalingsSinceMs: 60_000 });
  expect(past.recommendations.map(({ atMs }) => atMs)).toEqual([50_000, 15_000]);
});

test('a clock that went back begins the memory anew', () => {
  expect(watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 }), seen(3, 4))).toMatchObject({ sinceMs: 3_000, recommendations: [] });
});

test('who did not look for longer than a period has missed something', () => {
  const memory = watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 }), seen(60, 4, { lookedAtMs: 15_000 }));
  expect(memory).toMatchObject({ sinceMs: 60_000, recommendations: [{ replicas: 4, atMs: 15_000 }, {}] });
});

test('nothing is remembered longer than an hour', () => {
  expect(watch(seen(14, 4), seen(15.5, 4, { lookedAtMs: 15_000 }), seen(4_000, 4, { lookedAtMs: 15_000 })).recommendations.map(({ atMs }) => atMs)).not.toContain(15_000);
});
