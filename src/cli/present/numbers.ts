import { withThousands } from '../../tools/thousands.ts';

/** `18240` as `18,240`. */
export function formatCount(value: number): string {
  return withThousands(Math.round(value));
}

/** Milliseconds for people: `4 ms`, `6.2 s`, `1m 30s`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
}

/** A latency in milliseconds, cut after two decimals as in k6's summary: `0.71 ms`, `41.27 ms`, `1.2 s`. */
export function formatLatency(ms: number): string {
  return ms >= 1_000 ? `${Math.trunc(ms / 10) / 100} s` : `${Math.trunc(ms * 100) / 100} ms`;
}

/** Time within a run: `0:58`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A moment of the day here: `12:04:31`. */
export function formatClock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
