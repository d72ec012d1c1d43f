import type { ExplainedMetric } from '../../autoscale/explanation.ts';
import type { Tolerance } from '../../autoscale/recommend.ts';
import type { HorizontalPodAutoscaler, Pod, PodMetrics } from '../../tools/kube-objects.ts';

/** What metrics are judged by. */
export interface MetricsView {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly currentReplicas: number;
  /** Replicas that there are, ready or not. */
  readonly statusReplicas: number;
  /** Undefined is unknown. */
  readonly pods: readonly Pod[] | undefined;
  readonly podMetrics: readonly PodMetrics[] | undefined;
  /** Why pods or their metrics are unknown, in words. */
  readonly whyUnknown: string | null;
  /** Whether the metrics API fails for the autoscaler too: it isn't there, or down. */
  readonly isMetricsApiFailing: boolean;
  readonly tolerance: Tolerance;
  readonly nowMs: number;
}

/** A metric of which nothing is known yet. */
export function blankMetric(type: string, name: string): ExplainedMetric {
  return {
    type,
    name,
    source: 'unknown',
    unit: 'value',
    current: null,
    target: null,
    corrected: null,
    toleratedFrom: null,
    toleratedTo: null,
    missingCountedAs: null,
    unreadyCountedAsIdle: false,
    keptBy: null,
    wish: null,
    ageMs: null,
    windowMs: null,
    pods: [],
    problem: null,
    isFailing: false,
  };
}

/** A target and the edges of its tolerance. */
export function toBand(target: number | null, tolerance: Tolerance) {
  if (target === null) return { target, toleratedFrom: null, toleratedTo: null };
  return { target, toleratedFrom: roundOff(target * (1 - tolerance.scaleDown)), toleratedTo: roundOff(target * (1 + tolerance.scaleUp)) };
}

/** Without the digits that floating point adds. */
export function roundOff(value: number): number {
  return Number(value.toFixed(6));
}
