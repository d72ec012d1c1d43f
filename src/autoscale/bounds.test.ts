import { expect, test } from 'vitest';
import { validateBounds } from './bounds.ts';

test.for<[number, number, number]>([
  [3, 10, 50],
  [1, 1, 1],
  [1, 1, 300],
])('takes %d to %d at %d %%', ([minReplicas, maxReplicas, cpuTarget]) => {
  expect(() => validateBounds({ minReplicas, maxReplicas, cpuTarget })).not.toThrow();
});

test.for<[number, number, number]>([
  [0, 10, 50],
  [-1, 10, 50],
  [1.5, 10, 50],
  [4, 3, 50],
  [1, 0, 50],
  [1, 2.5, 50],
  [1, Number.POSITIVE_INFINITY, 50],
  [Number.NaN, 10, 50],
  [3, 10, 0],
  [3, 10, -5],
  [3, 10, 50.5],
  [3, 10, Number.NaN],
])('refuses %d to %d at %d %%', ([minReplicas, maxReplicas, cpuTarget]) => {
  const refusal = expect.objectContaining({ code: 'PRICECTL_E_INVALID_BOUNDS', kind: 'usage' });
  expect(() => validateBounds({ minReplicas, maxReplicas, cpuTarget })).toThrow(refusal);
});
