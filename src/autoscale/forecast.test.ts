import { describe, expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import { forecastChange } from './forecast.ts';
import type { LimitContext } from './limit.ts';
import { normalizeReplicas } from './normalize.ts';
import { SeededRandom } from './random.fixture.ts';
import type { AutoscalerState } from './state.ts';

const NOW_MS = 1_000_000;

/** Times in seconds before now. */
const past = (...pairs: [number, number][]) => pairs.map(([replicas, ago]) => ({ replicas, atMs: NOW_MS - ago * 1000 }));
const changes = (...pairs: [number, number][]) => pairs.map(([change, ago]) => ({ change, atMs: NOW_MS - ago * 1000 }));

function context(currentReplicas: number, state: Partial<AutoscalerState>, behavior = createBehavior()): LimitContext {
  const full = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [], ...state };
  return { nowMs: NOW_MS, currentReplicas, minReplicas: 3, maxReplicas: 10, behavior, state: full };
}

/** In seconds from now. */
function forecast(wish: number, situation: LimitContext): [number, number] | null {
  const change = forecastChange(wish, situation);
  return change && [(change.atMs - NOW_MS) / 1000, change.replicas];
}

describe('when may the replicas change', () => {
  test('a hold ends when the last of the highest wishes leaves the window', () => {
    expect(forecast(3, context(6, { recommendations: past([6, 290], [6, 250], [3, 100]) }))).toEqual([50, 3]);
  });

  test('it falls in steps when lower wishes still hold', () => {
    expect(forecast(3, context(8, { recommendations: past([8, 290], [5, 100], [3, 0]) }))).toEqual([10, 5]);
  });

  test('what must first fall below the current number does not count', () => {
    expect(forecast(3, context(6, { recommendations: past([9, 200], [7, 100], [4, 0]) }))).toEqual([200, 4]);
    expect(forecast(3, context(6, { recommendations: past([9, 200], [7, 100], [5, 50], [3, 0]) }))).toEqual([200, 5]);
  });

  test('a policy lets go when its period is over', () => {
    expect(forecast(8, context(7, { scaleUpEvents: changes([4, 0]) }))).toEqual([15, 8]);
    expect(forecast(10, context(9, { scaleUpEvents: changes([2, 10], [4, 3]) }))).toEqual([5, 10]);
  });

  test('a scale-up window lets go, too', () => {
    const behavior = createBehavior();
    const slow = { ...behavior, scaleUp: { ...behavior.scaleUp, stabilizationWindowMs: 60_000 } };
    expect(forecast(6, context(3, { recommendations: past([3, 40], [6, 0]) }, slow))).toEqual([20, 6]);
  });

  test.for<[string, number, LimitContext]>([
    ['the wish is reached', 6, context(6, { recommendations: past([8, 10]) })],
    ['the maximum stands in the way', 14, context(10, { scaleUpEvents: changes([4, 0]) })],
    ['the minimum stands in the way', 1, context(3, { recommendations: past([3, 10]) })],
    ['nothing is remembered', 8, context(7, {})],
  ])('never, for %s', ([, wish, situation]) => {
    expect(forecast(wish, situation)).toBeNull();
  });

  test('never, for the direction is disabled', () => {
    const behavior = createBehavior();
    const frozen = { ...behavior, scaleDown: { ...behavior.scaleDown, selectPolicy: 'Disabled' as const } };
    expect(forecast(3, context(6, { recommendations: past([6, 10]), scaleDownEvents: changes([1, 5]) }, frozen))).toBeNull();
  });
});

/** A situation as after a sync: what time already allows has been done. Null when the new number itself allows more. */
function createSituation(random: SeededRandom, wish: number): LimitContext | null {
  const behavior = createBehavior({ scaleDownWindowMs: random.pick(10, 40) * 1000, policyPeriodMs: random.pick(5, 15) * 1000 });
  const scaleUp = { ...behavior.scaleUp, stabilizationWindowMs: random.pick(0, 0, 20_000) };
  const [scaleUpEvents, scaleDownEvents] = [0, 1].map(() =>
    changes(...Array.from({ length: random.integer(0, 3) }, (): [number, number] => [random.integer(1, 4), random.integer(0, 20)])),
  );
  const recommendations = past(...[36, 25, 17, 9, 3].map((ago): [number, number] => [random.integer(1, 12), ago]));
  const state = { recommendations, scaleUpEvents: scaleUpEvents ?? [], scaleDownEvents: scaleDownEvents ?? [] };
  const before = context(random.integer(3, 10), state, { ...behavior, scaleUp });
  const after = { ...before, currentReplicas: normalizeReplicas(wish, before).replicas };
  return normalizeReplicas(wish, after).replicas === after.currentReplicas ? after : null;
}

test('with the wish unchanged, nothing changes before the forecast, and then just that', () => {
  const random = new SeededRandom(7);
  const forecasts: unknown[] = [];
  const firstChanges: unknown[] = [];
  for (let round = 0; round < 500; round++) {
    const wish = random.integer(0, 14);
    const situation = createSituation(random, wish);
    if (situation === null) continue;
    const moments = Array.from({ length: 121 }, (_, index) => NOW_MS + index * 500);
    const replicasAt = (nowMs: number): number => normalizeReplicas(wish, { ...situation, nowMs }).replicas;
    const atMs = moments.find((moment) => replicasAt(moment) !== situation.currentReplicas);
    firstChanges.push(atMs === undefined ? null : { atMs, replicas: replicasAt(atMs) });
    forecasts.push(forecastChange(wish, situation));
  }
  expect(forecasts).toEqual(firstChanges);
  expect(forecasts.filter((forecast) => forecast !== null).length).toBeGreaterThan(100);
});
