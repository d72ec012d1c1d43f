import { DEFAULT_READINESS_DELAYS, groupPods } from './pods.ts';
import type { GroupedPod, PodGroup, PodSample, ReadinessDelays } from './pods.ts';

/** What a recommendation is computed from. */
export interface RecommendInput {
  readonly nowMs: number;
  /** Replicas that the service is set to, not those that run. */
  readonly currentReplicas: number;
  /** Percent of the CPU request. */
  readonly cpuTarget: number;
  /** Every pod of the service, ending and failed ones too. */
  readonly pods: readonly PodSample[];
}

/** Relative distances from the target within which nothing happens. */
export interface Tolerance {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

/** CPU of several pods against what they request. */
export interface Utilization {
  /** How many pods are in the sums. */
  readonly pods: number;
  readonly usageMillicores: number;
  readonly requestMillicores: number;
  /** Ratio of the sums in percent, cut to a whole number as Kubernetes does. */
  readonly percent: number;
  /** `percent` divided by the target. */
  readonly ratio: number;
}

/** The utilisation when unmeasured pods are counted with a careful guess instead of left out. */
export interface CorrectedUtilization extends Utilization {
  /** Percent of their request that pods without metric are counted with; null when there are none. */
  readonly missingPercent: number | null;
  /** The same for pods that are not ready; null when they stay out. */
  readonly unreadyPercent: number | null;
}

/**
 * Why the wish is the current number although the first ratio isn't 1.
 * - `tolerance`: too near to the target.
 * - `direction`: the guess for unmeasured pods turns up into down, or down into up.
 * - `pod-count`: the wish computed from all pods that exist lies on the wrong side of the current number.
 */
export type KeptBy = 'tolerance' | 'direction' | 'pod-count';

/**
 * Why no wish can be computed.
 * - `no-pods`: there are none.
 * - `no-metrics`: none of them is measured.
 * - `pods-unready`: those that are measured don't count yet.
 * - `missing-request`: one of them has no CPU request.
 * - `zero-request`: those that count request nothing.
 */
export type MetricFailure = 'no-pods' | 'no-metrics' | 'pods-unready' | 'missing-request' | 'zero-request';

/** How many replicas the CPU asks for, before windows, policies and bounds, and how that came. */
export interface ComputedRecommendation {
  readonly kind: 'computed';
  readonly replicas: number;
  readonly pods: readonly GroupedPod[];
  /** Over the pods that count. */
  readonly utilization: Utilization;
  /** Null when no pod needed a guess. */
  readonly corrected: CorrectedUtilization | null;
  readonly tolerance: Tolerance;
  readonly keptBy: KeptBy | null;
  /** Age of the oldest metric that counts. */
  readonly metricAgeMs: number;
}

/** No recommendation: the number of replicas stays. */
export interface FailedRecommendation {
  readonly kind: 'failed';
  readonly failure: MetricFailure;
  readonly pods: readonly GroupedPod[];
}

/** What the CPU of the pods asks for. */
export type Recommendation = ComputedRecommendation | FailedRecommendation;

/**
 * Computes the replicas that would bring CPU utilisation to the target (Kubernetes 1.36:
 * pkg/controller/podautoscaler/replica_calculator.go, GetResourceReplicas, and metrics/utilization.go). Unlike there, 32 bits don't overflow. Without
 * `delays` readiness isn't looked at, as with every resource but CPU.
 */
export function recommendReplicas(
  input: RecommendInput,
  tolerance: Tolerance,
  delays: ReadinessDelays | null = DEFAULT_READINESS_DELAYS,
): Recommendation {
  const pods = groupPods(input.pods, input.nowMs, delays);
  const failure = findFailure(pods);
  if (failure !== null) return { kind: 'failed', failure, pods };

  const utilization = measure(pods.filter((pod) => pod.group === 'ready').map((pod) => toShare(pod)), input.cpuTarget);
  const corrected = correct(utilization, pods, input.cpuTarget);
  const keptBy = findKeptBy(utilization, corrected, tolerance, input.currentReplicas);
  const replicas = keptBy === null ? wantedReplicas(corrected ?? utilization) : input.currentReplicas;
  return { kind: 'computed', replicas, pods, utilization, corrected, tolerance, keptBy, metricAgeMs: oldestMetricAge(pods, input.nowMs) };
}

/** Whether a ratio of usage to target is near enough to 1 that nothing happens. Both edges are inside. */
export function isWithinTolerance(ratio: number, tolerance: Tolerance): boolean {
  return 1 - tolerance.scaleDown <= ratio && ratio <= 1 + tolerance.scaleUp;
}

/** Pods of one group. */
function podsOf(pods: readonly GroupedPod[], group: PodGroup): readonly GroupedPod[] {
  return pods.filter((pod) => pod.group === group);
}

function findFailure(pods: readonly GroupedPod[]): MetricFailure | null {
  if (pods.length === 0) return 'no-pods';
  if (pods.every((pod) => pod.cpu === null)) return 'no-metrics';
  const ready = podsOf(pods, 'ready');
  if (ready.length === 0) return 'pods-unready';
  if (pods.some((pod) => pod.cpuRequestMillicores === null)) return 'missing-request';
  return ready.every((pod) => pod.cpuRequestMillicores === 0) ? 'zero-request' : null;
}

interface Share {
  readonly usage: number;
  readonly request: number;
}

/** A pod's part in the sums: what was measured, or `percent` of its request. */
function toShare(pod: GroupedPod, percent?: number): Share {
  const request = pod.cpuRequestMillicores ?? 0;
  const usage = percent === undefined ? (pod.cpu?.millicores ?? 0) : Math.trunc((request * percent) / 100);
  return { usage, request };
}

function measure(shares: readonly Share[], cpuTarget: number): Utilization {
  const usageMillicores = shares.reduce((sum, share) => sum + share.usage, 0);
  const requestMillicores = shares.reduce((sum, share) => sum + share.request, 0);
  const percent = Math.trunc((usageMillicores * 100) / requestMillicores);
  return { pods: shares.length, usageMillicores, requestMillicores, percent, ratio: percent / cpuTarget };
}

/** Counts unmeasured pods against the change: as idle on the way up, as busy on the way down. */
function correct(measured: Utilization, pods: readonly GroupedPod[], cpuTarget: number): CorrectedUtilization | null {
  const missing = podsOf(pods, 'missing');
  const unready = podsOf(pods, 'unready');
  const isUp = measured.ratio > 1;
  const countsUnready = unready.length > 0 && isUp;
  if (missing.length === 0 && !countsUnready) return null;

  // Exactly on target, pods without metric stay out: nothing would change.
  const countsMissing = missing.length > 0 && measured.ratio !== 1;
  const missingPercent = isUp ? 0 : Math.max(100, cpuTarget);
  const shares = [
    ...podsOf(pods, 'ready').map((pod) => toShare(pod)),
    ...(countsMissing ? missing.map((pod) => toShare(pod, missingPercent)) : []),
    ...(countsUnready ? unready.map((pod) => toShare(pod, 0)) : []),
  ];
  return {
    ...measure(shares, cpuTarget),
    missingPercent: countsMissing ? missingPercent : null,
    unreadyPercent: countsUnready ? 0 : null,
  };
}

function findKeptBy(
  measured: Utilization,
  corrected: CorrectedUtilization | null,
  tolerance: Tolerance,
  currentReplicas: number,
): KeptBy | null {
  if (corrected === null) return isWithinTolerance(measured.ratio, tolerance) ? 'tolerance' : null;
  const { ratio } = corrected;
  if (isWithinTolerance(ratio, tolerance)) return 'tolerance';
  if ((measured.ratio < 1 && ratio > 1) || (measured.ratio > 1 && ratio < 1)) return 'direction';
  const wanted = wantedReplicas(corrected);
  return (ratio < 1 && wanted > currentReplicas) || (ratio > 1 && wanted < currentReplicas) ? 'pod-count' : null;
}

function wantedReplicas(utilization: Utilization): number {
  return Math.ceil(utilization.ratio * utilization.pods);
}

/** Age of the oldest metric of the pods that count. */
export function oldestMetricAge(pods: readonly GroupedPod[], nowMs: number): number {
  return podsOf(pods, 'ready').reduce((age, pod) => Math.max(age, nowMs - (pod.cpu?.timestampMs ?? nowMs)), 0);
}
