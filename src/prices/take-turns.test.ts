import { expect, test } from 'vitest';
import { createTurns } from './take-turns.ts';

test('a turn is left to others, by a sleep that the kernel sees', () => {
  const takeTurn = createTurns();
  const before = process.resourceUsage().voluntaryContextSwitches;
  for (let turn = 0; turn < 100; turn += 1) takeTurn();
  expect(process.resourceUsage().voluntaryContextSwitches - before).toBeGreaterThanOrEqual(100);
});
