import { expect, test } from 'vitest';
import { restartDelayMs } from './restart-delay.ts';

test('the first restart comes at once, the others after doubled pauses up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelayMs)).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});
