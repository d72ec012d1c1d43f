import { expect, test } from 'vitest';
import { withThousands } from './thousands.ts';

test.each([0, 7, 999, 1_000, 18_240, 1_402_119, 10_000_000, -1, -999, -1_000, -123_456_789, Number.MAX_SAFE_INTEGER])('%d is written as by Intl', (value) => {
  expect(withThousands(value)).toBe(value.toLocaleString('en-US'));
});
