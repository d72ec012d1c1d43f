import { expect, test } from 'vitest';
import { parseCpuQuantity, parseName, parsePercent } from './flag-values.ts';

const usage = expect.objectContaining({ kind: 'usage' });

test.each([
  ['100m', 100],
  ['0.5', 500],
  ['2', 2_000],
  ['1m', 1],
])('CPU %s is %d millicores', (text, expected) => expect(parseCpuQuantity(text, '--cpu-request')).toBe(expected));

test.each(['', '0', '0m', '-1', '1e3', '100 m', '100M', '1025', 'NaN'])('CPU %j is refused', (text) => {
  expect(() => parseCpuQuantity(text, '--cpu-request')).toThrow(usage);
});

test.each([
  ['50', 50],
  ['50%', 50],
  ['1', 1],
])('%s is %d percent', (text, expected) => expect(parsePercent(text, '--cpu-target')).toBe(expected));

test.each(['', '0', '-5', '5.5', '1e2', '50 %'])('percentage %j is refused', (text) => {
  expect(() => parsePercent(text, '--cpu-target')).toThrow(usage);
});

test.each(['a', 'price-api', 'a'.repeat(50)])('name %j is taken', (text) => expect(parseName(text, '--name')).toBe(text));

test.each(['', 'A', '1a', '-a', 'a-', 'a_b', '../x', 'a'.repeat(51), 'a b', 'a\n'])('name %j is refused', (text) => {
  expect(() => parseName(text, '--name')).toThrow(usage);
});
