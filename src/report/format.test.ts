import { expect, test } from 'vitest';
import { formatDate, formatLatency, formatMoment, formatNumber, formatShare, plural } from './format.ts';

test.each([
  [formatMoment(0), '0:00'],
  [formatMoment(58_400), '0:58'],
  [formatMoment(3_725_000), '1:02:05'],
  [formatMoment(-5), '0:00'],
  [formatLatency(0), '0 ms'],
  [formatLatency(0.712_3), '0.712 ms'],
  [formatLatency(41.27), '41.3 ms'],
  [formatLatency(12_345), '12.3 s'],
  [formatNumber(18_240.4), '18,240'],
  [formatNumber(7.549), '7.55'],
  [formatShare(0), '0.0 %'],
  [formatShare(0.000_01), '< 0.1 %'],
  [formatShare(0.173), '17.3 %'],
  [formatDate('2026-11-25T12:03:01.500Z'), '2026-11-25 12:03:01 UTC'],
  [formatDate('soon'), 'soon'],
  [plural(1, 'core'), '1 core'],
  [plural(2_000, 'row'), '2,000 rows'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});
