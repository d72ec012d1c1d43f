import type { LiveLoad } from './live-load.ts';

/** A load test in its 31st second. */
export function liveLoad(changes: Partial<LiveLoad> = {}): LiveLoad {
  const latencies = { p50Ms: 0.52, p95Ms: 4.91, p99Ms: 12.1 };
  const progress = { elapsedMs: 31_000, vus: 138, requests: 90_000, failed: 0, requestsPerSecond: 6_679, ...latencies, droppedIterations: 38 };
  return { id: '2026-11-25-180802-loadtest', engine: 'node', totalMs: 90_000, progress, ...changes };
}
