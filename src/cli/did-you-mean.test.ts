import { expect, test } from 'vitest';
import { nearestWord } from './did-you-mean.ts';

const commands = ['up', 'down', 'status', 'loadtest', 'prices check', 'prices push', 'runs show'];

test.each([
  ['upp', 'up'],
  ['statsu', 'status'],
  ['load-test', 'loadtest'],
  ['prices psh', 'prices push'],
  ['deploy', undefined],
  ['x', undefined],
  ['', undefined],
])('%s was meant to be %s', (word, meant) => {
  expect(nearestWord(word, commands)).toBe(meant);
});
