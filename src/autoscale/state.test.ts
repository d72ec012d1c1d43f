import { describe, expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import type { ScalingBehavior, ScalingPolicy } from './behavior.ts';
import { createAutoscalerState, recordRecommendation, moveClock, recordScaling, withoutFuture } from './state.ts';
import type { AutoscalerState, ScaleEvent } from './state.ts';

const NOW_MS = 1_000_000;
const EMPTY: AutoscalerState = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [] };

/** An event this many seconds before now. */
const event = (change: number, secondsAgo: number): ScaleEvent => ({ change, atMs: NOW_MS - secondsAgo * 1000 });
const pods = (periodSeconds: number): ScalingPolicy => ({ type: 'Pods', value: 10, periodMs: periodSeconds * 1000 });

function withPolicies(...policies: ScalingPolicy[]): ScalingBehavior {
  const { scaleUp, scaleDown } = createBehavior();
  return { scaleUp: { ...scaleUp, policies }, scaleDown: { ...scaleDown, policies } };
}

test('starts with the present replicas as first recommendation', () => {
  expect(createAutoscalerState(NOW_MS, 3)).toEqual({ ...EMPTY, recommendations: [{ replicas: 3, atMs: NOW_MS }] });
});

describe('recommendations', () => {
  test('are kept as long as the longer window and not a moment more', () => {
    const behavior = createBehavior({ scaleDownWindowMs: 10_000 });
    const state = {
      ...EMPTY,
      recommendations: [10_001, 10_000, 9_999, 1].map((age) => ({ replicas: age, atMs: NOW_MS - age })),
    };
    const { recommendations } = recordRecommendation(state, { replicas: 5, atMs: NOW_MS }, behavior);
    expect(recommendations.map(({ replicas }) => replicas)).toEqual([9_999, 1, 5]);
    const upward = { ...behavior, scaleUp: { ...behavior.scaleUp, stabilizationWindowMs: 20_000 } };
    expect(recordRecommendation(state, { replicas: 5, atMs: NOW_MS }, upward).recommendations).toHaveLength(5);
  });

  test('without windows only the last one is left', () => {
    const last = { replicas: 5, atMs: NOW_MS };
    const state = recordRecommendation(createAutoscalerState(NOW_MS, 3), last, createBehavior({ scaleDownWindowMs: 0 }));
    expect(state.recommendations).toEqual([last]);
  });
});

// The substance of Kubernetes' TestStoreScaleEvents (pkg/controller/podautoscaler/horizontal_test.go).
describe('scale events', () => {
  test.for<[string, readonly ScaleEvent[], ScalingBehavior, readonly number[]]>([
    ['the first one', [], withPolicies(pods(60), pods(60)), [5]],
    ['takes the place of an outdated one', [event(7, 61)], withPolicies(pods(60)), [5]],
    ['an event as old as the period is not outdated', [event(7, 60)], withPolicies(pods(60)), [7, 5]],
    ['comes behind one that counts', [event(7, 58)], withPolicies(pods(60)), [7, 5]],
    ['takes the place of the only outdated one', [event(7, 61), event(6, 59)], withPolicies(pods(60)), [5, 6]],
    [
      'of two outdated ones takes the last place',
      [event(8, 29), event(6, 59), event(7, 61), event(9, 61)],
      withPolicies(pods(60), pods(30)),
      [8, 6, 7, 5],
    ],
    ['the longest period counts', [event(7, 58), event(6, 119)], withPolicies(pods(120), pods(30)), [7, 6, 5]],
  ])('%s', ([, before, behavior, after]) => {
    const up = recordScaling({ ...EMPTY, scaleUpEvents: before }, { from: 10, to: 15, atMs: NOW_MS }, behavior);
    expect(up.scaleUpEvents.map(({ change }) => change)).toEqual(after);
    const down = recordScaling({ ...EMPTY, scaleDownEvents: before }, { from: 10, to: 5, atMs: NOW_MS }, behavior);
    expect(down.scaleDownEvents.map(({ change }) => change)).toEqual(after);
  });

  test('go to their own direction, and none comes of no change', () => {
    const behavior = createBehavior();
    expect(recordScaling(EMPTY, { from: 3, to: 7, atMs: NOW_MS }, behavior)).toEqual({ ...EMPTY, scaleUpEvents: [event(4, 0)] });
    expect(recordScaling(EMPTY, { from: 7, to: 3, atMs: NOW_MS }, behavior)).toEqual({ ...EMPTY, scaleDownEvents: [event(4, 0)] });
    expect(recordScaling(EMPTY, { from: 3, to: 3, atMs: NOW_MS }, behavior)).toBe(EMPTY);
  });

  test('each direction goes by its own periods', () => {
    const both = withPolicies(pods(60));
    const behavior = { ...both, scaleDown: { ...both.scaleDown, policies: [pods(120)] } };
    const before = { ...EMPTY, scaleUpEvents: [event(7, 61)], scaleDownEvents: [event(7, 61)] };
    expect(recordScaling(before, { from: 1, to: 6, atMs: NOW_MS }, behavior).scaleUpEvents).toHaveLength(1);
    expect(recordScaling(before, { from: 6, to: 1, atMs: NOW_MS }, behavior).scaleDownEvents).toHaveLength(2);
  });
});

test('after the clock went back, what lay ahead happened now', () => {
  const ahead: AutoscalerState = {
    recommendations: [{ replicas: 3, atMs: NOW_MS - 1 }, { replicas: 8, atMs: NOW_MS + 3_600_000 }],
    scaleUpEvents: [event(4, -3600)],
    scaleDownEvents: [event(2, -1), event(1, 1)],
  };
  expect(withoutFuture(ahead, NOW_MS)).toEqual({
    recommendations: [{ replicas: 3, atMs: NOW_MS - 1 }, { replicas: 8, atMs: NOW_MS }],
    scaleUpEvents: [event(4, 0)],
    scaleDownEvents: [event(2, 0), event(1, 1)],
  });
});

test('a clock that is set takes all that is remembered with it', () => {
  const state: AutoscalerState = { recommendations: [{ replicas: 3, atMs: NOW_MS }], scaleUpEvents: [event(1, 2)], scaleDownEvents: [event(2, 3)] };
  expect(moveClock(state, -5_000)).toEqual({ recommendations: [{ replicas: 3, atMs: NOW_MS - 5_000 }], scaleUpEvents: [event(1, 7)], scaleDownEvents: [event(2, 8)] });
});
