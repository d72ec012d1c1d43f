import { walkSteps } from './replay-measures.ts';
import type { Recording } from './replay-recording.ts';
import type { ReplicaStep } from './replay-replicas.ts';

/** How well a replay with the recording's own settings follows what was recorded. */
export interface Agreement {
  /** Recorded looks of the autoscaler whose outcome is known. */
  readonly looks: number;
  /** Those after which the replay has as many replicas as there were. */
  readonly same: number;
  /** Share of the time with as many replicas, 0 to 1. */
  readonly timeShare: number;
  /** Average distance in replicas over the time. */
  readonly meanDifference: number;
}

/** Compares the looks of a replay with the recorded ones. */
export function measureAgreement({ syncs, lengthMs }: Recording, replayed: readonly ReplicaStep[]): Agreement {
  const recorded = syncs.flatMap(({ ms, outcome }) => (outcome === null ? [] : [{ ms, replicas: outcome.desiredReplicas }]));
  const times = [...new Set([...recorded, ...replayed].map(({ ms }) => ms)), lengthMs].toSorted((a, b) => a - b);
  const recordedAt = walkSteps(recorded);
  const replayedAt = walkSteps(replayed);
  let sameMs = 0;
  let distance = 0;
  let totalMs = 0;
  for (const [index, ms] of times.entries()) {
    const spanMs = Math.max(0, (times[index + 1] ?? ms) - ms);
    const difference = Math.abs(recordedAt(ms) - replayedAt(ms));
    totalMs += spanMs;
    distance += difference * spanMs;
    if (difference === 0) sameMs += spanMs;
  }
  const replayedAgain = walkSteps(replayed);
  const same = recorded.filter(({ ms, replicas }) => replayedAgain(ms) === replicas).length;
  const share = (part: number, without: number) => (totalMs === 0 ? without : part / totalMs);
  return { looks: recorded.length, same, timeShare: share(sameMs, 1), meanDifference: share(distance, 0) };
}
