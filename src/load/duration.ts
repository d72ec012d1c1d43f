import { UsageError } from '../tools/errors.ts';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest duration that any setting takes: a day. */
export const longestDurationMs = 24 * 3_600_000;

/**
 * A duration as Go writes it (`1m30s`, `500ms`, `1.5h`, `0`), in milliseconds. `source` names the flag for the error.
 * Throws UsageError when the text is no duration, is negative, or is more than a day.
 */
export function parseDuration(text: string, source: string): number {
  if (text === '0') return 0;
  const parts = Array.from(text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g));
  const ms = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? Number.NaN), 0);
  if (text === '' || parts.map(([part]) => part).join('') !== text) {
    throw new UsageError('PRICECTL_E_USAGE', `${source} ${JSON.stringify(text)} is not a duration, such as 1m30s or 500ms`);
  }
  if (ms > longestDurationMs) {
    throw new UsageError('PRICECTL_E_USAGE', `${source} ${JSON.stringify(text)} is longer than a day; use at most 24h`);
  }
  return ms;
}

/** A duration in words with units: `9 m`, `1 m 30 s`, `500 ms`. Rounded to whole milliseconds, and to seconds from a second on. */
export function formatDuration(ms: number): string {
  if (ms < 1_000 && Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}`])).join(' ');
}
