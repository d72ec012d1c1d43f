import { describe, expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import { foreseeChange, foreseeLook, type KnownPast, type LookContext } from './outlook.ts';

const nowMs = 1_000_000_000;
const all: KnownPast = { recommendations: [], recommendationsSinceMs: 0, scaleUpEvents: [], scaleDownEvents: [], scalingsSinceMs: 0 };
const none: KnownPast = { ...all, recommendationsSinceMs: null, scalingsSinceMs: null };
const ago = (replicas: number, seconds: number) => ({ replicas, atMs: nowMs - seconds * 1_000 });

function context(past: Partial<KnownPast> = {}, other: Partial<LookContext> = {}): LookContext {
  return { nowMs, currentReplicas: 6, minReplicas: 2, maxReplicas: 10, behavior: createBehavior(), defaultWindowMs: 300_000, past: { ...all, ...past }, ...other };
}

const outcome = (wish: number, look: LookContext) => {
  const { lowest, highest } = foreseeLook(wish, look);
  return [lowest, highest];
};

test('who knows all is sure', () => {
  expect(outcome(3, context())).toEqual([3, 3]);
  expect(outcome(3, context({ recommendations: [ago(5, 100)] }))).toEqual([5, 5]);
  expect(outcome(9, context())).toEqual([9, 9]);
  expect(foreseeChange(3, context())).toEqual({ earliestAtMs: nowMs, latestAtMs: nowMs, replicas: 3 });
});

test('what was recommended before is unknown: the fall may be held until a window has passed', () => {
  expect(outcome(3, context(none))).toEqual([3, 6]);
  expect(foreseeChange(3, context(none))).toEqual({ earliestAtMs: nowMs, latestAtMs: nowMs + 300_000, replicas: 3 });
});

test('what is known holds all of it: nothing else matters until that is past', () => {
  const held = context({ ...none, recommendations: [ago(6, 60)] });
  expect(outcome(3, held)).toEqual([6, 6]);
  expect(foreseeChange(3, held)).toEqual({ earliestAtMs: nowMs + 240_000, latestAtMs: nowMs + 300_000, replicas: 3 });
});

test('a watch that is as long as the window is sure', () => {
  expect(outcome(3, context({ recommendationsSinceMs: nowMs - 299_000 }))).toEqual([3, 6]);
  expect(outcome(3, context({ recommendationsSinceMs: nowMs - 300_000 }))).toEqual([3, 3]);
});

test('on the way up there is no window, and unknown scalings may leave less room', () => {
  expect(outcome(9, context({ recommendationsSinceMs: null }))).toEqual([9, 9]);
  expect(outcome(9, context({ scalingsSinceMs: nowMs - 14_000 }))).toEqual([6, 9]);
  expect(outcome(9, context({ scalingsSinceMs: nowMs - 15_000 }))).toEqual([9, 9]);
});

test('nothing to hold, nothing to change', () => {
  expect(outcome(6, context(none))).toEqual([6, 6]);
  expect(foreseeChange(6, context(none))).toBeNull();
  expect(foreseeChange(1, context({}, { currentReplicas: 2 }))).toBeNull();
});

const plain = (past: Partial<KnownPast>, currentReplicas: number) => context(past, { behavior: null, currentReplicas, maxReplicas: 40 });

describe('without a behavior', () => {
  test('a look at most doubles, or brings to 4', () => {
    expect(foreseeLook(30, plain({}, 6))).toMatchObject({ lowest: 12, highest: 12, limit: { reason: 'ScaleUpLimit', replicas: 12 } });
    expect(outcome(30, plain({}, 1))).toEqual([4, 4]);
    expect(foreseeLook(90, plain({}, 30))).toMatchObject({ lowest: 40, limit: { reason: 'TooManyReplicas', replicas: 40 } });
    expect(foreseeLook(1, plain({}, 30))).toMatchObject({ lowest: 2, limit: { reason: 'TooFewReplicas', replicas: 2 } });
  });

  test('the highest of the window counts, on the way up too', () => {
    expect(outcome(3, plain({ recommendations: [ago(5, 299)] }, 6))).toEqual([5, 5]);
    expect(outcome(3, plain({ recommendations: [ago(5, 301)] }, 6))).toEqual([3, 3]);
    expect(outcome(7, plain({ recommendations: [ago(9, 10)] }, 6))).toEqual([9, 9]);
    expect(outcome(3, plain(none, 6))).toEqual([3, 6]);
  });
});
