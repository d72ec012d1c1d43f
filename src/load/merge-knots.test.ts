import { expect, test } from 'vitest';
import { createRandom, samplesOf, trendOf } from './merge.fixture.ts';
import { quantileGrid } from './merge-grid.ts';
import { type Knots, knotsOf } from './merge-knots.ts';

function knots(count: number, seed = count): { readonly samples: Float64Array; readonly known: Knots } {
  const samples = samplesOf('slow tail', count, createRandom(seed));
  return { samples, known: knotsOf(count, trendOf(samples).grid) };
}

test('all samples are found, and nothing else, as long as points of the grid are no further apart than samples', () => {
  for (const count of [1, 2, 3, 10, 99, 500, 501, 502, 733, 999, 1_000, 1_001]) {
    const { samples, known } = knots(count);
    expect(known.isExact, `${count} samples`).toBe(true);
    expect([...known.ranks]).toEqual(Array.from(samples.keys()));
    for (const [rank, value] of samples.entries()) expect(Math.abs((known.values[rank] ?? 0) - value), `${rank} of ${count}`).toBeLessThanOrEqual(1e-12 * Math.max(1, value));
  }
});

test('of more samples those of the upper tail are found, and of the others as many as there are points', () => {
  const { samples, known } = knots(20_000);
  expect(known.isExact).toBe(false);
  const first = known.ranks.findIndex((rank) => rank > 0.9901 * 20_000);
  expect(known.ranks.slice(first).every(Number.isInteger)).toBe(true);
  expect(digits(known.values.slice(first))).toEqual(digits(samples.slice(known.ranks[first])));
  expect(known.ranks.length).toBeGreaterThan(quantileGrid.filter((point) => point < 99).length);
});

test('the rank of a point that is whole but for rounding is whole', () => {
  const { known } = knots(100_001);
  expect(quantileGrid.some((point) => point < 90 && !Number.isInteger((point / 100) * 100_000))).toBe(true);
  expect(known.ranks.filter((rank) => rank <= 90_000).every(Number.isInteger)).toBe(true);
});

test('ranks rise and values do not fall, also where rounding made the grid fall', () => {
  const grid = trendOf(samplesOf('uniform', 5_000, createRandom(1))).grid.map((value, index) => (index % 3 === 0 ? value * (1 - 1e-9) : value));
  const flat = quantileGrid.map((_, index) => 5 * (1 - (index % 2) * 1e-15));
  for (const { ranks, values } of [knotsOf(5_000, grid), knotsOf(5_000, flat), knotsOf(700, flat), knots(3_000).known]) {
    expect(ranks[0]).toBe(0);
    expect(ranks.every((rank, index) => index === 0 || rank > (ranks[index - 1] ?? 0))).toBe(true);
    expect(values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))).toBe(true);
  }
});

function digits(values: Float64Array): readonly string[] {
  return Array.from(values, (value) => value.toPrecision(12));
}
