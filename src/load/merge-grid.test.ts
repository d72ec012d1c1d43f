import { expect, test } from 'vitest';
import { quantileGrid, trendStat, widestGridStep } from './merge-grid.ts';

test('the grid has 3,251 percentiles that rise from 0 to 100', () => {
  expect(quantileGrid).toHaveLength(3_251);
  expect(quantileGrid[0]).toBe(0);
  expect(quantileGrid.at(-1)).toBe(100);
  expect(quantileGrid.every((point, index) => index === 0 || point > (quantileGrid[index - 1] ?? 0))).toBe(true);
});

/** Steps up to a percentile. */
const announced = [[40, 0.1], [80, 0.05], [90, 0.025], [95, 0.02], [98, 0.01], [99, 0.005], [99.5, 0.0025], [99.8, 0.001], [100, 0.0005]] as const;

test('its steps are as announced, and no wider than is counted on', () => {
  const steps = quantileGrid.slice(1).map((point, index) => ({ from: quantileGrid[index] ?? 0, step: point - (quantileGrid[index] ?? 0) }));
  for (const { from, step } of steps) {
    expect(step).toBeCloseTo(announced.find(([end]) => from < end)?.[1] ?? 0, 10);
    expect(step / 100).toBeLessThanOrEqual(widestGridStep * (1 + 1e-9));
  }
});

test('names are the shortest decimals, as k6 reads them and gives them back', () => {
  const names = quantileGrid.map(trendStat);
  expect(names.every((name) => /^p\(\d{1,3}(\.\d{1,4})?\)$/.test(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
  for (const name of ['p(0)', 'p(0.3)', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.005)', 'p(99.9)', 'p(99.9995)', 'p(100)']) expect(names).toContain(name);
});
