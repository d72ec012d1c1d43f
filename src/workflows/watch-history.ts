import type { ServiceEvent } from './service-events.ts';
import type { WatchMoment } from './watch.ts';

/** What a chart shows of one moment; null is unknown. */
export interface WatchPoint {
  /** Milliseconds since the watch began. */
  readonly ms: number;
  readonly desired: number | null;
  readonly ready: number | null;
  readonly cpuPercent: number | null;
  /** As the load test under way counts them, else as the replicas do. */
  readonly requestsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** The newest moments and events of a watch, oldest first. */
export interface WatchHistory {
  readonly points: readonly WatchPoint[];
  readonly events: readonly ServiceEvent[];
  add(moment: WatchMoment): void;
}

/** How much is kept. */
export interface HistoryLimits {
  readonly points: number;
  readonly events: number;
}

/** Creates a history that never grows beyond its limits. */
export function createWatchHistory(limits: HistoryLimits): WatchHistory {
  const points: WatchPoint[] = [];
  const events: ServiceEvent[] = [];
  return {
    points,
    events,
    add(moment) {
      points.push(toWatchPoint(moment));
      points.splice(0, points.length - limits.points);
      events.push(...moment.events);
      events.splice(0, events.length - limits.events);
    },
  };
}

/** A moment as a chart shows it. What nobody answers for is unknown. */
export function toWatchPoint({ ms, snapshot, silence, requestsPerSecond, load }: WatchMoment): WatchPoint {
  const known = silence === null ? snapshot : null;
  return {
    ms,
    desired: known?.replicas.desired ?? null,
    ready: known?.replicas.ready ?? null,
    cpuPercent: known?.autoscaler.cpuPercent ?? null,
    requestsPerSecond: load?.progress.requestsPerSecond ?? (known && requestsPerSecond),
    p50Ms: load?.progress.p50Ms ?? null,
    p95Ms: load?.progress.p95Ms ?? null,
    p99Ms: load?.progress.p99Ms ?? null,
  };
}
