import type { Decision } from './decision.ts';
import type { DemandCurve } from './replay-demand.ts';
import type { Recording } from './replay-recording.ts';
import type { ReplicaStep } from './replay-replicas.ts';

/** What a replay costs and how well it serves, from the beginning of the load to the last snapshot. */
export interface ReplayMeasures {
  /** Replicas times the seconds that they were there. */
  readonly podSeconds: number;
  /** Time in which the replicas that were ready would have needed more CPU than they request: nobody keeps that for them. */
  readonly shortMs: number;
  /** The highest CPU of ready replicas in percent of their request. */
  readonly peakPercent: number;
  /** Time in which the CPU asked for more replicas than the maximum. */
  readonly atMaxMs: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** How often the number of replicas was changed. */
  readonly changes: number;
}

/** How a replay went. Steps in order of time. */
export interface ReplayCourse {
  readonly desired: readonly ReplicaStep[];
  readonly ready: readonly ReplicaStep[];
  readonly decisions: readonly { readonly ms: number; readonly decision: Decision }[];
}

/** Measures a replay against the demand. */
export function measureReplay(course: ReplayCourse, { lengthMs, cpuRequestMillicores }: Recording, demand: DemandCurve): ReplayMeasures {
  const { desired, ready, decisions } = course;
  const moments = [0, ...demand.changes, ...ready.map(({ ms }) => ms), ...desired.map(({ ms }) => ms), lengthMs];
  const times = [...new Set(moments.filter((ms) => ms >= 0 && ms <= lengthMs))].toSorted((a, b) => a - b);
  const desiredAt = walkSteps(desired);
  const readyAt = walkSteps(ready);
  const sums = { podMs: 0, shortMs: 0, peakPercent: 0, minReplicas: Infinity, maxReplicas: 0 };
  for (const [index, ms] of times.entries()) {
    const untilMs = times[index + 1];
    if (untilMs === undefined) break;
    const replicas = desiredAt(ms);
    // The demand's value at a moment is that of the time before it.
    const percent = (100 * demand.at(untilMs)) / (Math.max(1, readyAt(ms)) * cpuRequestMillicores);
    sums.podMs += replicas * (untilMs - ms);
    if (percent > 100) sums.shortMs += untilMs - ms;
    sums.peakPercent = Math.max(sums.peakPercent, percent);
    sums.minReplicas = Math.min(sums.minReplicas, replicas);
    sums.maxReplicas = Math.max(sums.maxReplicas, replicas);
  }
  const { podMs, minReplicas, ...rest } = sums;
  return {
    podSeconds: podMs / 1_000,
    ...rest,
    minReplicas: Number.isFinite(minReplicas) ? minReplicas : 0,
    atMaxMs: timeAtMax(decisions, lengthMs),
    changes: desired.filter(({ replicas }, index) => index > 0 && replicas !== desired[index - 1]?.replicas).length,
  };
}

/** A function that tells the number at a moment; moments must ascend. 0 before the first step. */
export function walkSteps(steps: readonly ReplicaStep[]): (ms: number) => number {
  let index = -1;
  return (ms) => {
    while ((steps[index + 1]?.ms ?? Infinity) <= ms) index += 1;
    return steps[index]?.replicas ?? 0;
  };
}

function timeAtMax(decisions: ReplayCourse['decisions'], lengthMs: number): number {
  return decisions.reduce((sum, { ms, decision }, index) => {
    const isLimited = decision.kind === 'computed' && decision.limit?.reason === 'TooManyReplicas';
    const untilMs = Math.min(decisions[index + 1]?.ms ?? lengthMs, lengthMs);
    return isLimited ? sum + Math.max(0, untilMs - Math.max(0, ms)) : sum;
  }, 0);
}
