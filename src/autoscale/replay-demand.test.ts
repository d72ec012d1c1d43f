import { expect, test } from 'vitest';
import type { PodSample } from './pods.ts';
import { SeededRandom } from './random.fixture.ts';
import { DemandCurve, findReadings } from './replay-demand.ts';
import type { RecordedSync } from './replay-syncs.ts';

const curve = new DemandCurve([
  { toMs: 1_000, millicores: 100, measured: 1 },
  { toMs: 3_000, millicores: 200, measured: 1 },
  { toMs: 4_000, millicores: 400, measured: 1 },
]);

test.each([
  [0, 100],
  [1_000, 100],
  [1_001, 200],
  [3_000, 200],
  [3_500, 400],
  [9_000, 400],
])('at %i ms the demand is that of the reading which covers it: %im', (ms, millicores) => {
  expect(curve.at(ms)).toBe(millicores);
});

test('an average is that of fine steps, within, before and after the readings', () => {
  const random = new SeededRandom(3);
  for (let turn = 0; turn < 200; turn += 1) {
    const fromMs = random.integer(-2_000, 5_000);
    const toMs = fromMs + random.integer(1, 4_000);
    let sum = 0;
    for (let ms = fromMs + 1; ms <= toMs; ms += 1) sum += curve.at(ms);
    expect(curve.average(fromMs, toMs), `${fromMs} to ${toMs}`).toBeCloseTo(sum / (toMs - fromMs), 6);
  }
  expect(curve.average(2_000, 2_000)).toBe(200);
});

/** A look each second at a replica that alone is measured, of two that share the load; its metric covers the second before. */
function syncAt(ms: number): RecordedSync {
  const pod: PodSample = { name: 'a', phase: 'Running', terminating: false, startTimeMs: null, readyCondition: null, cpuRequestMillicores: 100, cpu: { millicores: 60, timestampMs: ms, windowMs: 1_000 } };
  const look = { ms, atMs: ms, desired: 2, ready: 2, decision: null, pods: [{ name: 'a', requestsPerSecond: 10 }] };
  return { ms, atMs: ms, metricAgeMs: 0, look, outcome: { currentReplicas: 2, desiredReplicas: 2, pods: [pod], heldBy: null } };
}

test('replicas that are not measured count by the load of the very seconds that a metric covers', () => {
  const load = [10, 10, 15, 20, 10].map((requestsPerSecond, index) => ({ elapsedMs: (index + 1) * 1_000, requestsPerSecond }));
  expect(findReadings([1, 2, 3, 4, 5].map((second) => syncAt(second * 1_000)), load).map(({ millicores }) => millicores)).toEqual([60, 60, 90, 120, 60]);
});

test('a reading takes no look at the whole load', () => {
  let reads = 0;
  const load = Array.from({ length: 4_000 }, (_, index) => ({
    get elapsedMs() {
      reads += 1;
      return index * 1_000;
    },
    requestsPerSecond: 10,
  }));
  findReadings(Array.from({ length: 4_000 }, (_, index) => syncAt(index * 1_000)), load);
  expect(reads).toBeLessThan(4_000 * 50);
});
