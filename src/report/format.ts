/** A moment of a run: `0:58`, `1:02:05`. */
export function formatMoment(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, twoDigits(seconds % 60)];
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}

/** A latency to three digits: `0.71 ms`, `41.3 ms`, `1.2 s`. */
export function formatLatency(ms: number): string {
  return ms >= 1_000 ? `${threeDigits(ms / 1_000)} s` : `${threeDigits(ms)} ms`;
}

/** A number with thousands separators, to three digits below a thousand: `18,240`, `7.5`. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : threeDigits(value);
}

/** A share 0 .. 1: `12.5 %`; less than a tenth of a percent, but not none, is `< 0.1 %`. */
export function formatShare(share: number): string {
  return share > 0 && share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`;
}

/** The moment of a run's start: `2026-11-23 12:03:01 UTC`; a text that is no date is shown as it is. */
export function formatDate(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 request`, `2 requests`. */
export function plural(count: number, word: string): string {
  return `${formatNumber(count)} ${word}${count === 1 ? '' : 's'}`;
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
