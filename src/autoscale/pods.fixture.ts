import type { PodSample } from './pods.ts';

/** The moment at which the pods below are looked at. */
export const NOW_MS = 1_800_000_000_000;

/** A pod that has been ready for ten minutes and was just measured over 30 s. */
export function settledPod(millicores: number, cpuRequestMillicores: number | null = 1000, overrides: Partial<PodSample> = {}): PodSample {
  const startTimeMs = NOW_MS - 600_000;
  return {
    name: 'settled',
    phase: 'Running',
    terminating: false,
    startTimeMs,
    readyCondition: { status: 'True', lastTransitionMs: startTimeMs + 2_000 },
    cpuRequestMillicores,
    cpu: { millicores, timestampMs: NOW_MS, windowMs: 30_000 },
    ...overrides,
  };
}

/** A pod that became ready this moment: its metric is of the time before. */
export function freshPod(millicores: number, cpuRequestMillicores = 1000): PodSample {
  return settledPod(millicores, cpuRequestMillicores, {
    name: 'fresh',
    startTimeMs: NOW_MS,
    readyCondition: { status: 'True', lastTransitionMs: NOW_MS },
  });
}

/** A pod that runs for ten minutes and never was ready. */
export function neverReadyPod(millicores: number, cpuRequestMillicores = 1000): PodSample {
  const startTimeMs = NOW_MS - 600_000;
  return settledPod(millicores, cpuRequestMillicores, {
    name: 'never-ready',
    readyCondition: { status: 'False', lastTransitionMs: startTimeMs + 2_000 },
  });
}

/** A ready pod that nobody measured. */
export function unmeasuredPod(cpuRequestMillicores = 1000): PodSample {
  return settledPod(0, cpuRequestMillicores, { name: 'unmeasured', cpu: null });
}

/** A pod that waits for a place. */
export function pendingPod(cpuRequestMillicores = 1000): PodSample {
  return settledPod(0, cpuRequestMillicores, { name: 'pending', phase: 'Pending', startTimeMs: null, readyCondition: null, cpu: null });
}

/** A pod that ended badly. */
export function failedPod(cpuRequestMillicores: number | null = 1000): PodSample {
  return settledPod(0, cpuRequestMillicores, { name: 'failed', phase: 'Failed', cpu: null });
}

/** A pod that is on its way out, still running and measured. */
export function terminatingPod(millicores: number, cpuRequestMillicores = 1000): PodSample {
  return settledPod(millicores, cpuRequestMillicores, { name: 'terminating', terminating: true });
}
