import { expect, test } from 'vitest';
import { UsageError } from '../tools/errors.ts';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['2h', 7_200_000],
  ['1m30s', 90_000],
  ['1.5m', 90_000],
  ['.5s', 500],
  ['1.s', 1_000],
  ['1h2m3s4ms', 3_723_004],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['1500ns', 0.0015],
  ['0', 0],
  ['0s', 0],
  ['24h', 86_400_000],
])('reads %s as %d ms', (text, ms) => {
  expect(parseDuration(text, '--duration')).toBeCloseTo(ms, 9);
});

test.each(['', ' ', '2x', '10', '-5s', '+5s', 's', '1m 30s', '1m30', 'NaN', 'Infinity', '1e3s', '1..5s', '24h1ms', `${'9'.repeat(400)}s`])(
  'refuses %j',
  (text) => {
    expect(() => parseDuration(text, '--duration')).toThrow(expect.objectContaining({ code: 'PRICECTL_E_USAGE' }));
    expect(() => parseDuration(text, '--duration')).toThrow(UsageError);
    expect(() => parseDuration(text, '--duration')).toThrow(/^--duration .*(such as 1m30s|at most 24h)/);
  },
);

test.each([
  [0, '0 ms'],
  [499.6, '500 ms'],
  [999.7, '1 s'],
  [90_000, '1 m 30 s'],
  [540_000, '9 m'],
  [3_660_000, '1 h 1 m'],
])('writes %d ms as %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});
