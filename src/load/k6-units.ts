import type { MetricSummary } from './summary-metrics.ts';
import { formatBytes } from '../tools/bytes.ts';

/**
 * A length of time in milliseconds as k6's summary writes it: `335.11µs`, `4.16ms`, `3.29s`, `1m30s`; cut off after two digits, not rounded.
 */
export function formatK6Duration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0.001) return `${Math.trunc(ms * 1e6)}ns`;
  if (ms < 1) return `${cutOff(ms * 1_000)}µs`;
  if (ms < 1_000) return `${cutOff(ms)}ms`;
  if (ms < 60_000) return `${cutOff(ms / 1_000)}s`;
  const seconds = Math.trunc(ms / 1_000);
  const hours = ms < 3_600_000 ? '' : `${Math.trunc(seconds / 3_600)}h`;
  return `${hours}${Math.trunc(seconds / 60) % 60}m${seconds % 60}s`;
}

/** A share 0 .. 1 as k6's summary writes it: `99.98%`; cut off, so that one failure in a million is never `100.00%` success. */
export function formatShare(share: number): string {
  return `${cutOff(share * 100).toFixed(2)}%`;
}

/** A plain number, with at most two digits after the point and none from a thousand on: `1,402,119`, `104.52`. */
export function formatPlain(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) >= 1_000 ? 0 : 2 });
}

/** A value of a metric in its unit. */
export function formatValue(value: number, { type, contains }: Pick<MetricSummary, 'type' | 'contains'>): string {
  if (type === 'rate') return formatShare(value);
  if (contains === 'time') return formatK6Duration(value);
  return contains === 'data' ? formatBytes(value) : formatPlain(value);
}

/** To two digits after the point. What binary fractions lack after twelve digits is made good, so that 8.2 stays 8.2. */
function cutOff(value: number): number {
  return Math.trunc(Number((value * 100).toPrecision(12))) / 100;
}
