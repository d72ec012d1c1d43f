import type { ScalingBounds } from './bounds.ts';
import type { NextChange } from './forecast.ts';
import type { ScalingLimit } from './limit.ts';
import type { ComputedRecommendation, FailedRecommendation } from './recommend.ts';
import type { Stabilization } from './stabilize.ts';

/** A condition of an HPA's status as this sync leaves it; types and reasons are Kubernetes' own. */
export type ScalingCondition =
  | {
      readonly type: 'AbleToScale';
      readonly status: 'True';
      readonly reason: 'SucceededGetScale' | 'ReadyForNewScale' | 'ScaleUpStabilized' | 'ScaleDownStabilized' | 'SucceededRescale';
    }
  | {
      readonly type: 'ScalingActive';
      readonly status: 'True' | 'False';
      readonly reason: 'ValidMetricFound' | 'ScalingDisabled' | 'FailedGetResourceMetric';
    }
  | {
      readonly type: 'ScalingLimited';
      readonly status: 'True' | 'False';
      readonly reason: 'DesiredWithinRange' | ScalingLimit['reason'];
    };

/** What every decision tells. */
interface DecisionBase extends ScalingBounds {
  readonly atMs: number;
  readonly currentReplicas: number;
  /** Replicas to set now; the current number when nothing changes. */
  readonly desiredReplicas: number;
  /** Only those that this sync sets; Kubernetes keeps the others from earlier syncs. */
  readonly conditions: readonly ScalingCondition[];
}

/** The service is set to 0 replicas, which switches the autoscaler off. */
export interface DisabledDecision extends DecisionBase {
  readonly kind: 'disabled';
}

/** The current replicas lie outside the bounds: they go to the bound at once, without a look at the CPU. */
export interface OutOfBoundsDecision extends DecisionBase {
  readonly kind: 'out-of-bounds';
}

/** No recommendation could be computed: the replicas stay. */
export interface FailedDecision extends DecisionBase {
  readonly kind: 'failed';
  readonly recommendation: FailedRecommendation;
}

/** The CPU's wish, and what windows, policies and bounds made of it. */
export interface ComputedDecision extends DecisionBase {
  readonly kind: 'computed';
  readonly recommendation: ComputedRecommendation;
  readonly stabilization: Stabilization;
  /** Null when nothing limits. */
  readonly limit: ScalingLimit | null;
  /** Null when only other CPU readings can change the replicas. */
  readonly nextChange: NextChange | null;
}

/** One sync's result with all that led to it. Plain data: it can be stored as JSON. */
export type Decision = DisabledDecision | OutOfBoundsDecision | FailedDecision | ComputedDecision;
