import { expect, test } from 'vitest';
import { failurePause, pollPause } from './pause.ts';

const [least, most] = [() => 0, () => 1];
const pauses = (intervalMs: number, random: () => number) =>
  [1, 2, 3, 4, 10, 1_000].map((failures) => failurePause({ intervalMs, failures, retryAfterMs: null, random }));

test('polls within a tenth of the interval', () => {
  expect([pollPause(1_000, least), pollPause(1_000, most)]).toEqual([900, 1_100]);
});

test('doubles the pause with each failure up to a minute, or the interval when that is longer', () => {
  expect(pauses(1_000, most)).toEqual([1_000, 2_000, 4_000, 8_000, 60_000, 60_000]);
  expect(pauses(1_000, least)).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000]);
  expect(pauses(300_000, most)).toEqual([300_000, 300_000, 300_000, 300_000, 300_000, 300_000]);
});

test('waits as long as the server asks, within reason', () => {
  const pauses = [0, 500, 5_000, 1e9].map((retryAfterMs) => failurePause({ intervalMs: 1_000, failures: 1, retryAfterMs, random: most }));
  expect(pauses).toEqual([1_000, 1_000, 5_000, 900_000]);
});
