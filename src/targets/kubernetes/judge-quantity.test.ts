import { expect, test } from 'vitest';
import { formatMemory, parseQuantity, toBytes, toMillicores } from './judge-quantity.ts';

test.each([
  ['0', 0],
  ['2', 2],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['100m', 0.1],
  ['1e3', 1_000],
  ['1E3', 1_000],
  ['12E', 12e18],
  ['5k', 5_000],
  ['128Mi', 134_217_728],
  ['-1', -1],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBeCloseTo(value, 9);
});

test.each(['', 'm', '1 m', '1mi', '1KI', '1e', 'NaN', '0x10', '1m2'])('"%s" is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test.each([
  ['100m', 100],
  ['1.5', 1_500],
  ['2', 2_000],
  ['11829103n', 12],
  ['250n', 1],
  ['0.1', 100],
  ['1.1', 1_100],
  ['0', 0],
])('%s of CPU are %d millicores', (text, millicores) => {
  expect(toMillicores(text)).toBe(millicores);
});

test.each([
  ['12108Ki', 12_398_592],
  ['134217728', 134_217_728],
  ['1e3', 1_000],
  ['128974848000m', 128_974_848],
])('%s of memory are %d bytes', (text, bytes) => {
  expect(toBytes(text)).toBe(bytes);
});

test('what is missing is unknown', () => {
  expect(toMillicores(undefined)).toBeUndefined();
  expect(toBytes('much')).toBeUndefined();
});

test('memory is written with the unit that suits', () => {
  expect(formatMemory(134_217_728)).toBe('128Mi');
  expect(formatMemory(1_610_612_736)).toBe('1.5Gi');
});
