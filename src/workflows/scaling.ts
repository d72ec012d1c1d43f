import type { LoadProgress } from '../load/engine.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** Replicas, CPU and load at one moment; null is unknown. */
export interface ScalingPoint {
  /** Milliseconds since the load began. */
  readonly ms: number;
  readonly desired: number;
  readonly ready: number;
  readonly cpuPercent: number | null;
  readonly requestsPerSecond: number | null;
}

/** How the service scaled during a load test. */
export interface Scaling {
  readonly timeline: readonly ScalingPoint[];
  /** Until the first moment with more ready replicas than at the start; null when there was none. */
  readonly firstScaleOutMs: number | null;
  readonly maxReady: number;
}

/** Samples by the time since the load began; of those before, the last stands for its beginning. */
export function sinceLoadBegan(samples: readonly SnapshotSample[], beganMs: number): readonly SnapshotSample[] {
  const firstDuring = samples.findIndex(({ ms }) => ms > beganMs);
  const before = firstDuring === -1 ? samples.length : firstDuring;
  return samples.slice(Math.max(0, before - 1)).map((sample) => ({ ...sample, ms: Math.max(0, sample.ms - beganMs) }));
}

/** Joins snapshots with the load of the same second. */
export function toTimeline(samples: readonly SnapshotSample[], series: readonly LoadProgress[]): readonly ScalingPoint[] {
  return samples.map(({ ms, snapshot }) => ({
    ms,
    desired: snapshot.replicas.desired,
    ready: snapshot.replicas.ready,
    cpuPercent: snapshot.autoscaler.cpuPercent,
    requestsPerSecond: series.find((progress) => progress.elapsedMs >= ms)?.requestsPerSecond ?? null,
  }));
}

/** Sums up a timeline. */
export function summariseScaling(timeline: readonly ScalingPoint[]): Scaling {
  const start = timeline[0]?.ready ?? 0;
  return {
    timeline,
    firstScaleOutMs: timeline.find((point) => point.ready > start)?.ms ?? null,
    maxReady: timeline.reduce((most, point) => Math.max(most, point.ready), 0),
  };
}

/** One decision that changed the number of replicas. */
export interface ScaleEvent {
  /** Milliseconds since the load began. */
  readonly ms: number;
  readonly from: number;
  readonly to: number;
  /** The autoscaler's words. */
  readonly explanation: string;
}

/** The decisions that changed the number of replicas, as the snapshots show them. */
export function scaleEvents(samples: readonly SnapshotSample[]): readonly ScaleEvent[] {
  return samples.flatMap(({ ms, snapshot }, index) => {
    const from = samples[index - 1]?.snapshot.replicas.desired;
    const to = snapshot.replicas.desired;
    return from === undefined || from === to ? [] : [{ ms, from, to, explanation: snapshot.autoscaler.explanation }];
  });
}

/** Ready replicas in the order in which their number turned: `3 → 8 → 4`. */
export function replicaPath(timeline: readonly ScalingPoint[]): string {
  const path: number[] = [];
  for (const { ready } of timeline) {
    const last = path.at(-1);
    const before = path.at(-2);
    if (last === ready) continue;
    const goesOn = before !== undefined && last !== undefined && Math.sign(last - before) === Math.sign(ready - last);
    if (goesOn) path.pop();
    path.push(ready);
  }
  return path.join(' → ');
}
