import { limitReplicas } from './limit.ts';
import type { LimitContext, ScalingLimit } from './limit.ts';
import { stabilizeWish } from './stabilize.ts';
import type { Stabilization } from './stabilize.ts';

/** What windows, policies and bounds make of a wish. */
export interface NormalizedReplicas {
  readonly replicas: number;
  readonly stabilization: Stabilization;
  /** Null when nothing limits. */
  readonly limit: ScalingLimit | null;
}

/** Turns a wish into the replicas to have now: windows first, then policies and bounds. */
export function normalizeReplicas(wish: number, context: LimitContext): NormalizedReplicas {
  const { currentReplicas, state, behavior, nowMs } = context;
  const stabilization = stabilizeWish(wish, currentReplicas, state.recommendations, behavior, nowMs);
  return { stabilization, ...limitReplicas(stabilization.replicas, context) };
}
