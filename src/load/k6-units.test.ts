import { expect, test } from 'vitest';
import { formatK6Duration, formatPlain, formatShare, formatValue } from './k6-units.ts';

test.each([
  [0, '0s'],
  [0.0000004, '0ns'],
  [0.00042, '420ns'],
  [0.33511, '335.11µs'],
  [0.999999, '999.99µs'],
  [8.2, '8.2ms'],
  [4.169, '4.16ms'],
  [999.999, '999.99ms'],
  [1_000, '1s'],
  [3_299, '3.29s'],
  [59_999, '59.99s'],
  [60_000, '1m0s'],
  [90_900, '1m30s'],
  [3_599_999, '59m59s'],
  [3_661_000, '1h1m1s'],
])('%d ms is %s', (ms, words) => {
  expect(formatK6Duration(ms)).toBe(words);
});

test.each([
  [0, '0.00%'],
  [1, '100.00%'],
  [0.999999, '99.99%'],
  [0.0012, '0.12%'],
  [0.29, '29.00%'],
])('the share %d is %s', (share, words) => {
  expect(formatShare(share)).toBe(words);
});

test.each([
  [17, '17'],
  [104.524564, '104.52'],
  [15_579.4, '15,579'],
  [1_402_119, '1,402,119'],
])('the number %d is %s', (value, words) => {
  expect(formatPlain(value)).toBe(words);
});

test('a value is written in its unit', () => {
  expect(formatValue(0.5, { type: 'rate', contains: 'default' })).toBe('50.00%');
  expect(formatValue(0.5, { type: 'trend', contains: 'time' })).toBe('500µs');
  expect(formatValue(8_400_000, { type: 'counter', contains: 'data' })).toBe('8.4 MB');
  expect(formatValue(0.5, { type: 'gauge', contains: 'default' })).toBe('0.5');
});
