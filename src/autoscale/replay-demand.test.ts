import { expect, test } from 'vitest';
import { SeededRandom } from './random.fixture.ts';
import { DemandCurve } from './replay-demand.ts';

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
