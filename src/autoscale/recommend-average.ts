import { groupPods } from './pods.ts';
import type { GroupedPod, PodSample, ReadinessDelays } from './pods.ts';
import { isWithinTolerance, oldestMetricAge } from './recommend.ts';
import type { KeptBy, MetricFailure, Tolerance } from './recommend.ts';

/** What a recommendation towards an average value is computed from. Usage is in thousandths of the resource's unit. */
export interface AverageInput {
  readonly nowMs: number;
  /** Replicas that the service is set to, not those that run. */
  readonly currentReplicas: number;
  /** Usage of a pod that is steered towards. */
  readonly target: number;
  /** Every pod of the service, ending and failed ones too. */
  readonly pods: readonly PodSample[];
}

/** Usage of several pods against a target. */
export interface AverageUsage {
  /** How many pods are in the average. */
  readonly pods: number;
  /** Cut to a whole number as Kubernetes does. */
  readonly average: number;
  /** `average` divided by the target. */
  readonly ratio: number;
}

/** How many replicas an average asks for, before windows, policies and bounds, and how that came. */
export interface AverageRecommendation {
  readonly kind: 'computed';
  readonly replicas: number;
  readonly pods: readonly GroupedPod[];
  /** Over the pods that count. */
  readonly measured: AverageUsage;
  /** With the unmeasured pods; null when no pod needed a guess. */
  readonly corrected: AverageUsage | null;
  /** What pods without metric are counted with; null when there are none. */
  readonly missingUsage: number | null;
  readonly keptBy: KeptBy | null;
  /** Age of the oldest metric that counts. */
  readonly metricAgeMs: number;
}

/** No recommendation can be computed. */
export interface FailedAverage {
  readonly kind: 'failed';
  readonly failure: MetricFailure;
  readonly pods: readonly GroupedPod[];
}

/**
 * Computes the replicas that would bring the pods' average usage to the target (Kubernetes 1.36:
 * pkg/controller/podautoscaler/replica_calculator.go, calcPlainMetricReplicas). Without `delays` readiness isn't looked at.
 */
export function recommendByAverage(input: AverageInput, tolerance: Tolerance, delays: ReadinessDelays | null): AverageRecommendation | FailedAverage {
  const { target, currentReplicas, nowMs } = input;
  const pods = groupPods(input.pods, nowMs, delays);
  const failure = findFailure(pods);
  if (failure !== null) return { kind: 'failed', failure, pods };
  const usages = pods.flatMap(({ group, cpu }) => (group === 'ready' && cpu !== null ? [cpu.millicores] : []));
  const measured = averageOf(usages, target);
  const { corrected, missingUsage } = correct(usages, measured, pods, target);
  const keptBy = findKeptBy(measured, corrected, tolerance, currentReplicas);
  const replicas = keptBy === null ? wantedReplicas(corrected ?? measured) : currentReplicas;
  return { kind: 'computed', replicas, pods, measured, corrected, missingUsage, keptBy, metricAgeMs: oldestMetricAge(pods, nowMs) };
}

function findFailure(pods: readonly GroupedPod[]): MetricFailure | null {
  if (pods.length === 0) return 'no-pods';
  if (pods.every((pod) => pod.cpu === null)) return 'no-metrics';
  return pods.some((pod) => pod.group === 'ready') ? null : 'pods-unready';
}

function averageOf(usages: readonly number[], target: number): AverageUsage {
  const average = Math.trunc(usages.reduce((sum, usage) => sum + usage, 0) / usages.length);
  return { pods: usages.length, average, ratio: average / target };
}

/** Counts unmeasured pods against the change: as idle on the way up, as exactly on target on the way down. */
function correct(usages: readonly number[], measured: AverageUsage, pods: readonly GroupedPod[], target: number) {
  const missing = pods.filter(({ group }) => group === 'missing').length;
  const unready = pods.filter(({ group }) => group === 'unready').length;
  const isUp = measured.ratio > 1;
  const countsUnready = unready > 0 && isUp;
  if (missing === 0 && !countsUnready) return { corrected: null, missingUsage: null };
  const missingUsage = missing === 0 || measured.ratio === 1 ? null : isUp ? 0 : target;
  const guesses = [...(missingUsage === null ? [] : Array.from({ length: missing }, () => missingUsage)), ...(countsUnready ? Array.from({ length: unready }, () => 0) : [])];
  return { corrected: averageOf([...usages, ...guesses], target), missingUsage };
}

function findKeptBy(measured: AverageUsage, corrected: AverageUsage | null, tolerance: Tolerance, currentReplicas: number): KeptBy | null {
  const { ratio } = corrected ?? measured;
  if (isWithinTolerance(ratio, tolerance)) return 'tolerance';
  if (corrected === null) return null;
  if ((measured.ratio < 1 && ratio > 1) || (measured.ratio > 1 && ratio < 1)) return 'direction';
  const wanted = wantedReplicas(corrected);
  return (ratio < 1 && wanted > currentReplicas) || (ratio > 1 && wanted < currentReplicas) ? 'pod-count' : null;
}

function wantedReplicas({ ratio, pods }: AverageUsage): number {
  return Math.ceil(ratio * pods);
}
