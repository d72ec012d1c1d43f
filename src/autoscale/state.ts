import type { ScalingBehavior, ScalingRules } from './behavior.ts';

/** How many replicas the CPU asked for at some moment. */
export interface PastRecommendation {
  readonly replicas: number;
  readonly atMs: number;
}

/** A change of the replicas that was carried out. */
export interface ScaleEvent {
  /** Replicas added or taken away; positive either way. */
  readonly change: number;
  readonly atMs: number;
}

/** All that the autoscaler remembers between two syncs. Never changed in place. */
export interface AutoscalerState {
  /** In order of time; only as old as the longer window. */
  readonly recommendations: readonly PastRecommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
}

/**
 * The state of an autoscaler that starts now. The present replicas are its first recommendation, so that it doesn't scale down before a
 * window has passed (Kubernetes: pkg/controller/podautoscaler/horizontal.go, recordInitialRecommendation).
 */
export function createAutoscalerState(nowMs: number, currentReplicas: number): AutoscalerState {
  return { recommendations: [{ replicas: currentReplicas, atMs: nowMs }], scaleUpEvents: [], scaleDownEvents: [] };
}

/** Adds a recommendation and forgets those that no window reaches any more. */
export function recordRecommendation(
  state: AutoscalerState,
  recommendation: PastRecommendation,
  behavior: ScalingBehavior,
): AutoscalerState {
  const windowMs = Math.max(behavior.scaleUp.stabilizationWindowMs, behavior.scaleDown.stabilizationWindowMs);
  const cutoffMs = recommendation.atMs - windowMs;
  const kept = state.recommendations.filter((past) => past.atMs > cutoffMs);
  return { ...state, recommendations: [...kept, recommendation] };
}

/** Remembers that the replicas went `from` one number `to` another; the same state when they are equal. */
export function recordScaling(
  state: AutoscalerState,
  scaling: { readonly from: number; readonly to: number; readonly atMs: number },
  behavior: ScalingBehavior,
): AutoscalerState {
  const event = { change: Math.abs(scaling.to - scaling.from), atMs: scaling.atMs };
  if (scaling.to > scaling.from) return { ...state, scaleUpEvents: storeEvent(state.scaleUpEvents, event, behavior.scaleUp) };
  if (scaling.to < scaling.from) return { ...state, scaleDownEvents: storeEvent(state.scaleDownEvents, event, behavior.scaleDown) };
  return state;
}

/**
 * Puts an event in the place of one that its direction's policies don't reach any more, else at the end (same file, storeScaleEvent). Others
 * stay, for a policy of the other direction may still count them: so does Kubernetes, and so the list never outgrows the longest period.
 */
function storeEvent(events: readonly ScaleEvent[], event: ScaleEvent, rules: ScalingRules): readonly ScaleEvent[] {
  const longestPeriodMs = rules.policies.reduce((longest, policy) => Math.max(longest, policy.periodMs), 0);
  const outdated = events.findLastIndex((past) => past.atMs < event.atMs - longestPeriodMs);
  return outdated === -1 ? [...events, event] : events.with(outdated, event);
}

/** The state as if nothing had happened later than now: after a clock went back, what lies ahead would else hold for too long. */
export function withoutFuture(state: AutoscalerState, nowMs: number): AutoscalerState {
  return mapTimes(state, (atMs) => Math.min(atMs, nowMs));
}

/** The state by a clock that was set forwards by `ms`, or back by a negative number: windows and periods are as long as before. */
export function moveClock(state: AutoscalerState, ms: number): AutoscalerState {
  return mapTimes(state, (atMs) => atMs + ms);
}

function mapTimes(state: AutoscalerState, map: (atMs: number) => number): AutoscalerState {
  const mapOne = <T extends { readonly atMs: number }>(past: T): T => ({ ...past, atMs: map(past.atMs) });
  return {
    recommendations: state.recommendations.map(mapOne),
    scaleUpEvents: state.scaleUpEvents.map(mapOne),
    scaleDownEvents: state.scaleDownEvents.map(mapOne),
  };
}
