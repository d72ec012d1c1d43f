import type { ScalingCondition } from './decision.ts';
import type { NormalizedReplicas } from './normalize.ts';

/** Conditions of a sync at 0 replicas. */
export const DISABLED_CONDITIONS: readonly ScalingCondition[] = [
  { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale' },
  { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' },
];

/** Conditions of a sync without a recommendation. */
export const FAILED_CONDITIONS: readonly ScalingCondition[] = [
  { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale' },
  { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' },
];

/** Conditions of a sync that goes to a bound without a look at the CPU. */
export const OUT_OF_BOUNDS_CONDITIONS: readonly ScalingCondition[] = [
  { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale' },
];

/**
 * Conditions of a sync that came to a number (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go,
 * normalizeDesiredReplicasWithBehaviors and reconcileAutoscaler). A change of the replicas hides how the windows held it.
 */
export function listConditions(wish: number, currentReplicas: number, normalized: NormalizedReplicas): readonly ScalingCondition[] {
  return [
    { type: 'AbleToScale', status: 'True', reason: findAbleToScale(wish, currentReplicas, normalized) },
    { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
    {
      type: 'ScalingLimited',
      status: normalized.limit === null ? 'False' : 'True',
      reason: normalized.limit?.reason ?? 'DesiredWithinRange',
    },
  ];
}

function findAbleToScale(wish: number, currentReplicas: number, normalized: NormalizedReplicas) {
  if (normalized.replicas !== currentReplicas) return 'SucceededRescale';
  if (normalized.stabilization.heldBy === null) return 'ReadyForNewScale';
  return wish > currentReplicas ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
}
