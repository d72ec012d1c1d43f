import type { ScalingBehavior } from './behavior.ts';
import type { PastRecommendation } from './state.ts';

/** What the stabilisation windows make of a wish. */
export interface Stabilization {
  readonly replicas: number;
  /** The recommendation that keeps the wish from passing; null when it passes. */
  readonly heldBy: HoldingRecommendation | null;
}

/** A recommendation that still counts. */
export interface HoldingRecommendation extends PastRecommendation {
  /** `up`: the lowest of the scale-up window; `down`: the highest of the scale-down window. */
  readonly window: 'up' | 'down';
  readonly windowMs: number;
}

/**
 * Lets the replicas rise at most to the lowest recommendation of the scale-up window and fall at most to the highest of the scale-down
 * window; in between they stay (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go, stabilizeRecommendationWithBehaviors).
 * The wish itself counts in both. A recommendation as old as the window is outside.
 */
export function stabilizeWish(
  wish: number,
  currentReplicas: number,
  past: readonly PastRecommendation[],
  behavior: ScalingBehavior,
  nowMs: number,
): Stabilization {
  const upMs = behavior.scaleUp.stabilizationWindowMs;
  const downMs = behavior.scaleDown.stabilizationWindowMs;
  // Of equal ones the later, for it holds longer.
  const lowest = past
    .filter(({ atMs }) => atMs > nowMs - upMs)
    .reduce((low, other) => (other.replicas <= low.replicas ? other : low), { replicas: wish, atMs: nowMs });
  const highest = past
    .filter(({ atMs }) => atMs > nowMs - downMs)
    .reduce((high, other) => (other.replicas >= high.replicas ? other : high), { replicas: wish, atMs: nowMs });

  const replicas = Math.min(Math.max(currentReplicas, lowest.replicas), highest.replicas);
  if (replicas === wish) return { replicas, heldBy: null };
  const heldBy: HoldingRecommendation =
    replicas < wish ? { ...lowest, window: 'up', windowMs: upMs } : { ...highest, window: 'down', windowMs: downMs };
  return { replicas, heldBy };
}
