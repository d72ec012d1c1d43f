/** A pod's `status.phase`. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** A pod's condition of type Ready. */
export interface ReadyCondition {
  readonly status: 'True' | 'False' | 'Unknown';
  /** When the status became what it is: `lastTransitionTime`. */
  readonly lastTransitionMs: number;
}

/** One reading of a pod's CPU usage. */
export interface CpuSample {
  /** Average over the window in thousandths of a core, a whole number. metrics-server's nanocores are rounded up per container. */
  readonly millicores: number;
  /** End of the window. */
  readonly timestampMs: number;
  readonly windowMs: number;
}

/**
 * What the autoscaler must know of one pod. Times are of the same clock as the sync's `nowMs`. Where another resource than CPU is meant, its usage and
 * request stand in the place of CPU's, likewise in thousandths of its unit.
 */
export interface PodSample {
  readonly name: string;
  readonly phase: PodPhase;
  /** Has a deletion timestamp: it is on its way out. */
  readonly terminating: boolean;
  /** `status.startTime`; null while the pod is not placed. */
  readonly startTimeMs: number | null;
  /** Null before the pod reported its readiness for the first time. */
  readonly readyCondition: ReadyCondition | null;
  /** Sum over its containers; null when one of them has no CPU request. */
  readonly cpuRequestMillicores: number | null;
  /** Null when nobody measured it yet, or not any more. */
  readonly cpu: CpuSample | null;
}

/** The controller's flags that say from when on a new pod's CPU is believed. */
export interface ReadinessDelays {
  /** --horizontal-pod-autoscaler-cpu-initialization-period */
  readonly cpuInitializationPeriodMs: number;
  /** --horizontal-pod-autoscaler-initial-readiness-delay */
  readonly initialReadinessDelayMs: number;
}

/** Kubernetes' defaults: 5 min and 30 s. */
export const DEFAULT_READINESS_DELAYS: ReadinessDelays = { cpuInitializationPeriodMs: 300_000, initialReadinessDelayMs: 30_000 };

/** How a pod enters the calculation: its CPU counts, it counts as not ready, its metric is missing, or it is left out. */
export type PodGroup = 'ready' | 'unready' | 'missing' | 'ignored';

/**
 * Why a pod is in its group.
 * - `counted`: ready, with a metric.
 * - `terminating`, `failed`: ignored.
 * - `pending`: unready, not running yet.
 * - `no-metric`: missing.
 * - `not-ready`: unready, in its first minutes, or never ready since.
 * - `readiness-unknown`: unready, it reported neither start nor readiness.
 * - `warming-up`: unready, in its first minutes its metric must cover a whole window since it became ready.
 */
export type PodGroupReason =
  | 'counted'
  | 'terminating'
  | 'failed'
  | 'pending'
  | 'no-metric'
  | 'not-ready'
  | 'readiness-unknown'
  | 'warming-up';

/** A pod, its group, and the numbers that it brings into the calculation. */
export interface GroupedPod {
  readonly name: string;
  readonly group: PodGroup;
  readonly reason: PodGroupReason;
  readonly cpu: CpuSample | null;
  readonly cpuRequestMillicores: number | null;
}

/**
 * Sorts pods into groups (Kubernetes: pkg/controller/podautoscaler/replica_calculator.go, groupPods). Without `delays` readiness isn't looked at, as
 * with every resource but CPU.
 */
export function groupPods(pods: readonly PodSample[], nowMs: number, delays: ReadinessDelays | null): readonly GroupedPod[] {
  return pods.map((pod) => {
    const reason = findReason(pod, nowMs, delays);
    const { name, cpu, cpuRequestMillicores } = pod;
    return { name, group: GROUP_OF[reason], reason, cpu, cpuRequestMillicores };
  });
}

const GROUP_OF: Readonly<Record<PodGroupReason, PodGroup>> = {
  counted: 'ready',
  terminating: 'ignored',
  failed: 'ignored',
  pending: 'unready',
  'no-metric': 'missing',
  'not-ready': 'unready',
  'readiness-unknown': 'unready',
  'warming-up': 'unready',
};

function findReason(pod: PodSample, nowMs: number, delays: ReadinessDelays | null): PodGroupReason {
  if (pod.terminating) return 'terminating';
  if (pod.phase === 'Failed') return 'failed';
  if (pod.phase === 'Pending') return 'pending';
  if (pod.cpu === null) return 'no-metric';
  if (delays === null) return 'counted';
  if (pod.readyCondition === null || pod.startTimeMs === null) return 'readiness-unknown';
  return findReadiness(pod.startTimeMs, pod.readyCondition, pod.cpu, nowMs, delays);
}

function findReadiness(
  startTimeMs: number,
  ready: ReadyCondition,
  cpu: CpuSample,
  nowMs: number,
  delays: ReadinessDelays,
): PodGroupReason {
  if (startTimeMs + delays.cpuInitializationPeriodMs > nowMs) {
    if (ready.status === 'False') return 'not-ready';
    return cpu.timestampMs < ready.lastTransitionMs + cpu.windowMs ? 'warming-up' : 'counted';
  }
  // Unready since its first seconds means that it was never ready; a pod that was ready once keeps counting.
  const wasNeverReady = startTimeMs + delays.initialReadinessDelayMs > ready.lastTransitionMs;
  return ready.status === 'False' && wasNeverReady ? 'not-ready' : 'counted';
}
