import type { HorizontalPodAutoscaler } from '../../tools/kube-objects.ts';
import { explainMissingMetrics, findHpaCondition } from './judge-metrics.ts';

/** Reasons for which it doesn't compute anything, whatever the metrics are. */
const holdingReasons: ReadonlySet<string | undefined> = new Set(['AmbiguousSelector', 'InvalidSelector', 'InvalidMetricSourceType']);

/** What an autoscaler itself says that is wrong, in words; null when it complains of nothing. */
export function findComplaint(autoscaler: HorizontalPodAutoscaler): string | null {
  const able = findHpaCondition(autoscaler, 'AbleToScale');
  if (able?.status === 'False') return `it can't scale: ${able.message ?? able.reason ?? 'no reason given'}`;
  const active = findHpaCondition(autoscaler, 'ScalingActive');
  if (active?.status !== 'False' || active.reason === 'ScalingDisabled') return null;
  return explainMissingMetrics(autoscaler)?.text ?? null;
}

/** Whether it keeps the replicas because of what it is told to look at, not because of what it reads. */
export function isHoldingReplicas(autoscaler: HorizontalPodAutoscaler): boolean {
  const active = findHpaCondition(autoscaler, 'ScalingActive');
  return active?.status === 'False' && holdingReasons.has(active.reason);
}

/**
 * Whether it took its target to 0 itself, and looks on: for a metric of an object or an external one that asks for replicas, or because its minimum was
 * raised since (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go, shouldComputeMetricsForZeroReplicas).
 */
export function isScaledToZero(autoscaler: HorizontalPodAutoscaler): boolean {
  const { metrics = [], minReplicas = 1 } = autoscaler.spec;
  const hasLastingMetric = metrics.some(({ object, external }) => object !== undefined || external !== undefined);
  return (hasLastingMetric || minReplicas > 0) && findHpaCondition(autoscaler, 'ScaledToZero')?.status === 'True';
}
