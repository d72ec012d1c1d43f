import type { CpuSample, GroupedPod, PodSample } from './pods.ts';

/** A pod that was ready long before anything counts. */
const settled = { phase: 'Running', terminating: false, startTimeMs: 0, readyCondition: { status: 'True', lastTransitionMs: 0 } } as const;

/** A pod that falls into the group of a recorded one: a decision keeps groups, not what they came from. `nowMs` is the moment of the look. */
export function toPodSample({ name, reason, cpu, cpuRequestMillicores }: GroupedPod, nowMs: number): PodSample {
  const base = { ...settled, name, cpu, cpuRequestMillicores };
  switch (reason) {
    case 'terminating':
      return { ...base, terminating: true };
    case 'failed':
      return { ...base, phase: 'Failed' };
    case 'pending':
      return { ...base, phase: 'Pending' };
    case 'not-ready':
      return { ...base, startTimeMs: nowMs, readyCondition: { status: 'False', lastTransitionMs: nowMs } };
    case 'readiness-unknown':
      return { ...base, readyCondition: null };
    case 'warming-up':
      return { ...base, startTimeMs: nowMs, readyCondition: { status: 'True', lastTransitionMs: nowMs } };
    case 'counted':
    case 'no-metric':
      return base;
  }
}

/** A pod of a replay: it is ready, and measured or not yet. */
export function replayedPod(index: number, cpuRequestMillicores: number, cpu: CpuSample | null): PodSample {
  return { ...settled, name: `replica-${index + 1}`, cpuRequestMillicores, cpu };
}
