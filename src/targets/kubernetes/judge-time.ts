/** Milliseconds since the epoch of an RFC 3339 time; undefined for what is missing, null or no time. */
export function toTimeMs(time: string | null | undefined): number | undefined {
  const timeMs = Date.parse(time ?? '');
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** How long ago a time is; 0 for what is missing or lies ahead: clocks of a cluster and of this machine differ. */
export function ageMs(time: string | null | undefined, nowMs: number): number {
  return Math.max(0, nowMs - (toTimeMs(time) ?? nowMs));
}

/** `6 s`, `4 min`: whole units, rounded. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** `twice`, `5 times`. */
export function formatTimes(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
