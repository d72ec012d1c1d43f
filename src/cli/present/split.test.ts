import { expect, test } from 'vitest';
import { buildProfile } from '../../load/profile-builder.ts';
import { plainStyle } from '../style.ts';
import { presentSplit } from './split.ts';

function rows(text: string): readonly (readonly string[])[] {
  return text.split('\n').slice(1).map((line) => line.trim().split(/ {2,}/));
}

test('runners that get the same share a line', () => {
  const profile = buildProfile({ vus: 10, durationMs: 1_000 });
  expect(rows(presentSplit(profile, 3, plainStyle))).toEqual([['1', '4', '-'], ['2 to 3', '3', '-']]);
  expect(rows(presentSplit(profile, 2, plainStyle))).toEqual([['1 to 2', '5', '-']]);
});

test('a rate is divided as the virtual users are', () => {
  const profile = buildProfile({ rate: '100/s', durationMs: 1_000 });
  const [row = []] = rows(presentSplit(profile, 2, plainStyle));
  expect(row[0]).toBe('1 to 2');
  expect(row[2]).toBe('50/s');
});

test('there are never more runners than virtual users', () => {
  expect(rows(presentSplit(buildProfile({ vus: 2, durationMs: 1_000 }), 50, plainStyle))).toEqual([['1 to 2', '1', '-']]);
});

test('one runner gets all, and of a script nobody knows', () => {
  expect(presentSplit(buildProfile({ vus: 2, durationMs: 1_000 }), 1, plainStyle)).toBe('');
  const profile = { ...buildProfile({}), scenario: { executor: 'script', file: 'a.js' } } as const;
  expect(presentSplit(profile, 4, plainStyle)).toBe('');
});
