import { expect, test } from 'vitest';
import { adjustHolm, fisherTail, studentQuantile, studentTail } from './compare-distributions.ts';

// From tables of Student's t (two-sided).
test.each([
  [12.706, 1, 0.05],
  [2.776, 4, 0.05],
  [2.228, 10, 0.05],
  [3.169, 10, 0.01],
  [1.984, 100, 0.05],
  [0, 7, 1],
])('t of %d with %d degrees of freedom is passed with probability %d', (t, degrees, tail) => {
  expect(studentTail(t, degrees)).toBeCloseTo(tail, 4);
  expect(studentTail(-t, degrees)).toBeCloseTo(tail, 4);
  expect(studentQuantile(tail, degrees)).toBeCloseTo(t, 2);
});

/** The tail summed up with whole binomials. */
function fisherByHand(a: number, ofA: number, b: number, ofB: number): number {
  const choose = (n: number, k: number): number => (k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  const at = (x: number) => choose(ofA, x) * choose(ofB, a + b - x);
  const all = Array.from({ length: a + b + 1 }, (_, x) => at(x));
  return all.filter((value) => value <= at(a) * (1 + 1e-9)).reduce((sum, value) => sum + value, 0) / choose(ofA + ofB, a + b);
}

test('the exact test of two shares is the sum over tables that are no more probable', () => {
  for (const [a, ofA, b, ofB] of [[3, 4, 1, 4], [1, 10, 9, 12], [0, 20, 5, 20], [7, 30, 7, 30], [0, 5, 0, 9], [5, 5, 9, 9]] as const) {
    expect(fisherTail({ count: a, total: ofA }, { count: b, total: ofB }), `${a}/${ofA} ${b}/${ofB}`).toBeCloseTo(fisherByHand(a, ofA, b, ofB), 9);
  }
});

test("the tea of Fisher's lady", () => {
  expect(fisherTail({ count: 3, total: 4 }, { count: 1, total: 4 })).toBeCloseTo(0.4857, 4);
});

test('millions of requests and failures are tested too', () => {
  expect(fisherTail({ count: 0, total: 5_000_000 }, { count: 12, total: 5_000_000 })).toBeCloseTo(2 ** -11, 6);
  expect(fisherTail({ count: 500_000, total: 5_000_000 }, { count: 500_400, total: 5_000_000 })).toBeGreaterThan(0.5);
  expect(fisherTail({ count: 500_000, total: 5_000_000 }, { count: 510_000, total: 5_000_000 })).toBeLessThan(1e-9);
});

test('equal failures among hundreds of millions of requests are no difference', () => {
  expect(fisherTail({ count: 5, total: 1e8 }, { count: 5, total: 1e8 })).toBeCloseTo(1, 5);
  expect(fisherTail({ count: 3, total: 4e8 }, { count: 3, total: 4e8 })).toBeCloseTo(1, 5);
});

test("Holm's adjustment takes the smallest times all, the next times one less, and never falls", () => {
  const adjusted = adjustHolm([0.04, 0.01, 0.03]);
  expect(adjusted.map((p) => Number(p.toFixed(6)))).toEqual([0.06, 0.03, 0.06]);
  expect(adjustHolm([0.5, 0.9])).toEqual([1, 1]);
  expect(adjustHolm([])).toEqual([]);
});
