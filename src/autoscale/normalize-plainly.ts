import type { ScalingLimit } from './limit.ts';
import type { NormalizedReplicas } from './normalize.ts';
import type { PastRecommendation } from './state.ts';

/** What limits of an HPA without `behavior` depend on. */
export interface PlainContext {
  readonly nowMs: number;
  readonly currentReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly recommendations: readonly PastRecommendation[];
  /** The controller's --horizontal-pod-autoscaler-downscale-stabilization. */
  readonly windowMs: number;
}

/**
 * Turns a wish into the replicas to have now for an HPA without `behavior`: the highest recommendation of the window counts, whichever way, and one
 * look at most doubles the replicas, or brings them to 4 (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas).
 */
export function normalizePlainly(wish: number, context: PlainContext): NormalizedReplicas {
  const { nowMs, windowMs, minReplicas } = context;
  // Here a recommendation as old as the window still counts.
  const highest = context.recommendations
    .filter(({ atMs }) => atMs >= nowMs - windowMs)
    .reduce((high, other) => (other.replicas >= high.replicas ? other : high), { replicas: wish, atMs: nowMs });
  const stabilized = highest.replicas;
  const heldBy = stabilized === wish ? null : { ...highest, window: 'down' as const, windowMs };
  const limit = findLimit(context);
  const replicas = stabilized < minReplicas ? minReplicas : Math.min(stabilized, limit.replicas);
  const isLimited = replicas !== stabilized;
  return {
    replicas,
    stabilization: { replicas: stabilized, heldBy },
    limit: isLimited ? (stabilized < minReplicas ? { reason: 'TooFewReplicas', replicas: minReplicas } : limit) : null,
  };
}

/** How many are allowed at most. */
function findLimit({ currentReplicas, maxReplicas }: PlainContext): ScalingLimit {
  const doubled = Math.max(2 * currentReplicas, 4);
  if (maxReplicas <= doubled) return { reason: 'TooManyReplicas', replicas: maxReplicas };
  const policy = 2 * currentReplicas >= 4 ? ({ type: 'Percent', value: 100, periodMs: 0 } as const) : ({ type: 'Pods', value: 4 - currentReplicas, periodMs: 0 } as const);
  return { reason: 'ScaleUpLimit', replicas: doubled, policy, periodStartReplicas: currentReplicas };
}
