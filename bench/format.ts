import type { Spread } from './statistics.ts';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A figure with three significant digits or more, and thousands apart: `84,761`, `12.3`, `0.077`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100 || value === 0) return grouped.format(value);
  return value.toPrecision(3).replace(/^(-?\d+\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** `1.19x`, with the range of the rounds where there is one; empty for 0 against 0. */
export function formatRatio({ median, min, max }: Spread): string {
  if (Number.isNaN(median)) return '';
  return min === max ? `${formatNumber(median)}x` : `${formatNumber(median)}x (${formatNumber(min)}-${formatNumber(max)})`;
}

/** `84,761 (81,002-85,113)`; only the value when it is all there is. */
export function formatSpread({ median, min, max }: Spread): string {
  return min === max ? formatNumber(median) : `${formatNumber(median)} (${formatNumber(min)}-${formatNumber(max)})`;
}
