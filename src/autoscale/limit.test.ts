import { describe, expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import type { ScalingPolicy, ScalingRules } from './behavior.ts';
import { limitReplicas } from './limit.ts';
import type { ScalingLimit } from './limit.ts';
import type { ScaleEvent } from './state.ts';

const NOW_MS = 10_000_000;

const pods = (value: number, seconds = 60): ScalingPolicy => ({ type: 'Pods', value, periodMs: seconds * 1000 });
const percent = (value: number, seconds = 60): ScalingPolicy => ({ type: 'Percent', value, periodMs: seconds * 1000 });

/** Changes spread evenly over the last 120 s, the oldest first, each in the middle of its part. */
function spread(...changes: number[]): ScaleEvent[] {
  const partMs = 120_000 / changes.length;
  return changes.map((change, index) => ({ change, atMs: NOW_MS - 120_000 + partMs * (index + 0.5) }));
}

interface Case {
  readonly name: string;
  readonly current: number;
  readonly wish: number;
  /** 1 and 1000 unless told. */
  readonly min?: number;
  readonly max?: number;
  readonly up?: readonly ScalingPolicy[];
  readonly down?: readonly ScalingPolicy[];
  readonly select?: ScalingRules['selectPolicy'];
  readonly upEvents?: readonly ScaleEvent[];
  readonly downEvents?: readonly ScaleEvent[];
  readonly replicas: number;
  readonly reason: ScalingLimit['reason'] | null;
}

function limit(input: Omit<Case, 'name' | 'replicas' | 'reason'>) {
  const { current, wish, min = 1, max = 1000, up, down, select = 'Max', upEvents = [], downEvents = [] } = input;
  const { scaleUp, scaleDown } = createBehavior();
  const behavior = {
    scaleUp: { ...scaleUp, selectPolicy: select, ...(up && { policies: up }) },
    scaleDown: { ...scaleDown, selectPolicy: select, ...(down && { policies: down }) },
  };
  const state = { recommendations: [], scaleUpEvents: upEvents, scaleDownEvents: downEvents };
  return limitReplicas(wish, { nowMs: NOW_MS, currentReplicas: current, minReplicas: min, maxReplicas: max, behavior, state });
}

// The substance of Kubernetes' TestScalingWithRules and TestUpscaleCap (pkg/controller/podautoscaler/horizontal_test.go).
describe('Kubernetes\' own cases', () => {
  test.for<Case>([
    { name: 'within the bounds', current: 5, wish: 7, min: 3, max: 8, replicas: 7, reason: null },
    { name: 'below the minimum', current: 3, wish: 1, min: 2, max: 8, replicas: 2, reason: 'TooFewReplicas' },
    {
      name: 'above the maximum, which lies nearer than the policy',
      current: 100, wish: 1000, min: 100, max: 150, replicas: 150, reason: 'TooManyReplicas',
    },
    {
      name: 'one percent of 3 is rounded up to one more',
      current: 3, wish: 1000, min: 1, max: 2000, up: [percent(1)], replicas: 4, reason: 'ScaleUpLimit',
    },
    { name: 'up by default policies', current: 10, wish: 50, replicas: 20, reason: 'ScaleUpLimit' },
    { name: 'up, pods allow more than percent', current: 10, wish: 500, up: [pods(100), percent(100)], replicas: 110, reason: 'ScaleUpLimit' },
    { name: 'up, percent allows more than pods', current: 10, wish: 500, up: [pods(2), percent(100)], replicas: 20, reason: 'ScaleUpLimit' },
    { name: 'up, pods allow all', current: 10, wish: 50, up: [pods(100)], replicas: 50, reason: null },
    { name: 'up, limited by pods', current: 10, wish: 50, up: [pods(30)], replicas: 40, reason: 'ScaleUpLimit' },
    { name: 'up, limited by percent', current: 10, wish: 50, up: [percent(200)], replicas: 30, reason: 'ScaleUpLimit' },
    { name: 'up by 700 %', current: 3, wish: 100, min: 1, max: 100, up: [percent(700)], replicas: 24, reason: 'ScaleUpLimit' },
    {
      name: 'up by 700 %, the maximum lies nearer',
      current: 3, wish: 100, min: 1, max: 20, up: [percent(700)], replicas: 20, reason: 'TooManyReplicas',
    },
    { name: 'down, pods allow more than percent', current: 100, wish: 2, down: [pods(20), percent(1)], replicas: 80, reason: 'ScaleDownLimit' },
    { name: 'down, both allow little', current: 100, wish: 2, down: [pods(2), percent(1)], replicas: 98, reason: 'ScaleDownLimit' },
    { name: 'down, pods allow all', current: 10, wish: 0, down: [pods(100)], replicas: 1, reason: 'TooFewReplicas' },
    { name: 'down, percent allows all', current: 10, wish: 2, min: 5, max: 1000, down: [percent(100)], replicas: 5, reason: 'TooFewReplicas' },
    { name: 'down, limited by pods', current: 10, wish: 2, down: [pods(5)], replicas: 5, reason: 'ScaleDownLimit' },
    { name: 'down, just what percent allows', current: 10, wish: 5, down: [percent(50)], replicas: 5, reason: null },
    {
      name: 'up, the past does not matter under a large policy',
      current: 100, wish: 500, min: 1, max: 200, up: [pods(300)], upEvents: spread(1, 5, 9), replicas: 200, reason: 'TooManyReplicas',
    },
    {
      name: 'up, more was added than a period allows',
      current: 100, wish: 500, up: [pods(5, 120)], upEvents: spread(1, 5, 9), replicas: 100, reason: 'ScaleUpLimit',
    },
    {
      name: 'up, pods count from the start of the period',
      current: 100, wish: 500, up: [pods(150, 120)], upEvents: spread(1, 5, 9), replicas: 235, reason: 'ScaleUpLimit',
    },
    {
      name: 'up, percent counts from the start of the period',
      current: 100, wish: 500, up: [percent(200, 120)], upEvents: spread(1, 5, 9), replicas: 255, reason: 'ScaleUpLimit',
    },
    {
      name: 'up, what was taken away counts too',
      current: 6, wish: 24, up: [percent(300, 300)], upEvents: spread(4), downEvents: spread(2), replicas: 16, reason: 'ScaleUpLimit',
    },
    { name: 'down, default policy and a past', current: 10, wish: 5, downEvents: spread(1, 5, 9), replicas: 5, reason: null },
    {
      name: 'down, large pods policy and a past',
      current: 100, wish: 0, down: [pods(115, 120)], downEvents: spread(1, 5, 9), replicas: 1, reason: 'TooFewReplicas',
    },
    {
      name: 'down, 100 % and a past',
      current: 100, wish: 2, min: 5, max: 1000, down: [percent(100, 120)], downEvents: spread(1, 5, 9), replicas: 5, reason: 'TooFewReplicas',
    },
    {
      name: 'down, more was taken away than a period allows',
      current: 100, wish: 2, down: [pods(5, 120)], downEvents: spread(1, 5, 9), replicas: 100, reason: 'ScaleDownLimit',
    },
    {
      name: 'down, percent counts from the start of the period',
      current: 100, wish: 0, down: [percent(50, 120)], downEvents: spread(2, 4, 6), replicas: 56, reason: 'ScaleDownLimit',
    },
    {
      name: 'down, what was added counts too',
      current: 10, wish: 1, down: [percent(50, 180)], upEvents: spread(2), downEvents: spread(4), replicas: 6, reason: 'ScaleDownLimit',
    },
    {
      name: 'down, percent of a larger start lies above the current number',
      current: 100, wish: 0, down: [percent(10, 120)], downEvents: spread(10, 10, 10), replicas: 100, reason: 'ScaleDownLimit',
    },
    {
      name: 'down, far more than 100 %',
      current: 10, wish: 5, down: [percent(1000, 120)], downEvents: spread(10, 10, 10), replicas: 5, reason: null,
    },
    {
      name: 'up, the smaller change is selected',
      current: 1, wish: 9, up: [pods(2), percent(50)], select: 'Min', replicas: 2, reason: 'ScaleUpLimit',
    },
    {
      name: 'down, the smaller change is selected',
      current: 5, wish: 1, down: [pods(2), percent(50)], select: 'Min', replicas: 3, reason: 'ScaleDownLimit',
    },
    { name: 'up is disabled', current: 5, wish: 9, select: 'Disabled', replicas: 5, reason: 'ScaleUpLimit' },
    { name: 'down is disabled', current: 5, wish: 1, select: 'Disabled', replicas: 5, reason: 'ScaleDownLimit' },
    { name: 'disabled at the maximum', current: 5, wish: 9, min: 1, max: 5, select: 'Disabled', replicas: 5, reason: 'TooManyReplicas' },
  ])('$name', ({ replicas, reason, ...input }) => {
    const result = limit(input);
    expect({ replicas: result.replicas, reason: result.limit?.reason ?? null }).toEqual({ replicas, reason });
  });
});

test('an event as old as the period is outside, a millisecond less and it counts', () => {
  const input = { current: 10, wish: 50, min: 1, max: 100, up: [pods(4, 15)] };
  expect(limit({ ...input, upEvents: [{ change: 4, atMs: NOW_MS - 15_000 }] }).replicas).toBe(14);
  expect(limit({ ...input, upEvents: [{ change: 4, atMs: NOW_MS - 14_999 }] }).replicas).toBe(10);
});

test('tells the policy that was selected and what it counts from', () => {
  const input = { current: 7, wish: 50, min: 1, max: 100, upEvents: [{ change: 4, atMs: NOW_MS - 5_000 }] };
  const reason = 'ScaleUpLimit';
  const byPods = limit({ ...input, up: [pods(5), percent(100)] });
  expect(byPods.limit).toEqual({ reason, replicas: 8, policy: pods(5), periodStartReplicas: 3 });
  const byPercent = limit({ ...input, up: [pods(5), percent(200)] });
  expect(byPercent.limit).toEqual({ reason, replicas: 9, policy: percent(200), periodStartReplicas: 3 });
  expect(limit({ ...input, select: 'Disabled' }).limit).toEqual({ reason, replicas: 7, policy: null, periodStartReplicas: 7 });
});

test('the ramp of the default behavior from one replica, a sync every 15 s', () => {
  const events: ScaleEvent[] = [];
  const ramp = [1];
  for (let sync = 0; sync < 4; sync++) {
    const current = ramp.at(-1) ?? 0;
    const { scaleUp, scaleDown } = createBehavior();
    const nowMs = NOW_MS + sync * 15_000;
    const state = { recommendations: [], scaleUpEvents: [...events], scaleDownEvents: [] };
    const context = { nowMs, currentReplicas: current, minReplicas: 1, maxReplicas: 1000, behavior: { scaleUp, scaleDown }, state };
    const { replicas } = limitReplicas(500, context);
    events.push({ change: replicas - current, atMs: nowMs });
    ramp.push(replicas);
  }
  expect(ramp).toEqual([1, 5, 10, 20, 40]);
});
