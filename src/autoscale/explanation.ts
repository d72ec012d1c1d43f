import type { PodGroup, PodGroupReason } from './pods.ts';
import type { KeptBy, Tolerance } from './recommend.ts';
import type { ScalingLimit } from './limit.ts';

/** A pod as one metric counts it. Null is unknown. */
export interface ExplainedPod {
  readonly name: string;
  readonly group: PodGroup;
  readonly reason: PodGroupReason;
  /** Why it is in its group, in words; null for a pod that counts. */
  readonly why: string | null;
  /** In the unit of the metric. */
  readonly usage: number | null;
  readonly request: number | null;
}

/** One metric of an autoscaler. Null is unknown. */
export interface ExplainedMetric {
  readonly type: string;
  /** `CPU`, `memory of container api`, `external metric queue_length`. */
  readonly name: string;
  /** Computed from the pods as the autoscaler does, taken from its own status, or neither. */
  readonly source: 'recomputed' | 'status' | 'unknown';
  /** Of `current`, `corrected` and `target`: percent of the request, thousandths of a core, bytes, or the metric's own. */
  readonly unit: 'percent' | 'millicores' | 'bytes' | 'value';
  readonly current: number | null;
  readonly target: number | null;
  /** `current` with the pods that are not ready or not measured counted by a guess; null when no pod needed one. */
  readonly corrected: number | null;
  /** The edges of the tolerance band, in the unit of the target. */
  readonly toleratedFrom: number | null;
  readonly toleratedTo: number | null;
  /** What pods without a metric were counted with, in the unit of the target; null when there are none. */
  readonly missingCountedAs: number | null;
  /** Whether pods that are not ready were counted as idle. */
  readonly unreadyCountedAsIdle: boolean;
  readonly keptBy: KeptBy | null;
  readonly wish: number | null;
  /** Age of the oldest reading that counts, in milliseconds. */
  readonly ageMs: number | null;
  /** The longest time that a reading is the average of. */
  readonly windowMs: number | null;
  readonly pods: readonly ExplainedPod[];
  /** Why there is no wish, in words. */
  readonly problem: string | null;
  /** Whether the autoscaler can't compute it either: then it doesn't scale down. */
  readonly isFailing: boolean;
}

/** When a look comes. */
export interface NextLook {
  readonly earliestAtMs: number;
  readonly latestAtMs: number;
}

/** Why a number of replicas is as it is, and what becomes of it. Null is unknown; what can't be known is told in `unknowns`. */
export interface AutoscalerExplanation {
  readonly kind: 'kubernetes' | 'emulated';
  readonly context: string | null;
  readonly namespace: string | null;
  readonly name: string;
  readonly scaleTarget: { readonly kind: string; readonly name: string } | null;
  /** The moment of the look at it, in milliseconds since the epoch. */
  readonly atMs: number;
  /** All of it in one line. */
  readonly text: string;
  readonly state: 'computed' | 'disabled' | 'out-of-bounds' | 'failed' | 'unknown';
  readonly replicas: {
    /** What the target is set to. */
    readonly current: number | null;
    /** What the autoscaler wanted at its last look. */
    readonly desired: number | null;
    readonly min: number | null;
    readonly max: number | null;
  };
  readonly tolerance: Tolerance | null;
  readonly metrics: readonly ExplainedMetric[];
  /** How many replicas the metrics ask for, before windows, policies and bounds. */
  readonly wish: number | null;
  /** What a look now would set: one number, or two between which it lies. */
  readonly outcome: { readonly lowest: number; readonly highest: number } | null;
  /** The recommendation of a window that holds the wish back; null when none is known to. */
  readonly heldBy: { readonly window: 'up' | 'down'; readonly windowMs: number; readonly replicas: number; readonly untilMs: number | null } | null;
  readonly limit: ScalingLimit | null;
  /** Null when nobody can tell. */
  readonly nextLook: NextLook | null;
  /** When the replicas change if the metrics stay, and to how many; null when they don't. */
  readonly nextChange: { readonly earliestAtMs: number; readonly latestAtMs: number; readonly replicas: number } | null;
  /** What the autoscaler itself says that is wrong, in words. */
  readonly complaint: string | null;
  /** What can't be known or is assumed, a sentence each. */
  readonly unknowns: readonly string[];
}
