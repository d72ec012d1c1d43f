const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `18,240`; an en dash for what is unknown. */
export function formatCount(value) {
  return value === null || value === undefined ? '–' : counts.format(value);
}

/** `12:04:31` */
export function formatClock(ms) {
  return clock.format(ms);
}

/** Milliseconds as `0.71 ms`, `41.2 ms`, `1.2 s`. */
export function formatLatency(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** `132 %`, with one decimal where there is one. */
export function formatPercent(value) {
  return value === null || value === undefined ? '–' : `${Number(value.toFixed(1))} %`;
}

/** `0:58` */
export function formatElapsed(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `62.4 MB` */
export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined) return '–';
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
