import { expect, test } from 'vitest';
import { memoryLimitFor } from './memory-limit.ts';

const mebibyte = 1_048_576;

test.each([
  ['the usual four rows', { rows: 4, bytes: 41 }, 128],
  ['as much as fits into a ConfigMap as it is', { rows: 70_000, bytes: mebibyte }, 128],
  ['ten million rows', { rows: 10_000_000, bytes: 160_000_000 }, 641],
])('%s', (_, data, mebibytes) => {
  expect(memoryLimitFor(data)).toBe(mebibytes * mebibyte);
});

test('a list at a URL gets what one of 32 MiB needs', () => {
  const bytes = 32 * mebibyte;
  expect(memoryLimitFor(undefined)).toBe(memoryLimitFor({ bytes, rows: Math.ceil(bytes / 12) }));
});
