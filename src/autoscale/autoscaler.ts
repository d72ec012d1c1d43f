import type { ScalingBehavior } from './behavior.ts';
import type { ScalingBounds } from './bounds.ts';
import { DISABLED_CONDITIONS, FAILED_CONDITIONS, listConditions, OUT_OF_BOUNDS_CONDITIONS } from './conditions.ts';
import type { ComputedDecision, Decision } from './decision.ts';
import { forecastChange } from './forecast.ts';
import { normalizeReplicas } from './normalize.ts';
import { DEFAULT_READINESS_DELAYS } from './pods.ts';
import type { PodSample, ReadinessDelays } from './pods.ts';
import { recommendReplicas } from './recommend.ts';
import type { ComputedRecommendation } from './recommend.ts';
import { recordRecommendation, recordScaling, withoutFuture } from './state.ts';
import type { AutoscalerState } from './state.ts';

/** What the autoscaler sees at a sync. */
export interface SyncInput extends ScalingBounds {
  readonly nowMs: number;
  /** Replicas that the service is set to, not those that run. */
  readonly currentReplicas: number;
  /** Every pod of the service, ending and failed ones too. */
  readonly pods: readonly PodSample[];
}

/** A sync's decision and what to remember for the next one. */
export interface SyncResult {
  readonly state: AutoscalerState;
  readonly decision: Decision;
}

/**
 * Looks once and decides how many replicas there shall be, as Kubernetes' horizontal pod autoscaler does with one CPU metric and a behavior
 * (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler). The returned state takes it that the caller sets
 * `desiredReplicas`; who can't, goes on with the state of before. `behavior` and bounds must be valid.
 */
export function syncAutoscaler(
  previous: AutoscalerState,
  input: SyncInput,
  behavior: ScalingBehavior,
  delays: ReadinessDelays = DEFAULT_READINESS_DELAYS,
): SyncResult {
  const state = withoutFuture(previous, input.nowMs);
  const { nowMs: atMs, currentReplicas, minReplicas, maxReplicas, cpuTarget } = input;
  const base = { atMs, currentReplicas, minReplicas, maxReplicas, cpuTarget };
  if (currentReplicas === 0) {
    return { state, decision: { ...base, kind: 'disabled', desiredReplicas: 0, conditions: DISABLED_CONDITIONS } };
  }
  const bounded = Math.min(Math.max(currentReplicas, minReplicas), maxReplicas);
  if (bounded !== currentReplicas) {
    const decision: Decision = { ...base, kind: 'out-of-bounds', desiredReplicas: bounded, conditions: OUT_OF_BOUNDS_CONDITIONS };
    return { state: recordScaling(state, { from: currentReplicas, to: bounded, atMs }, behavior), decision };
  }
  const tolerance = { scaleUp: behavior.scaleUp.tolerance, scaleDown: behavior.scaleDown.tolerance };
  const recommendation = recommendReplicas(input, tolerance, delays);
  if (recommendation.kind === 'failed') {
    return { state, decision: { ...base, kind: 'failed', desiredReplicas: currentReplicas, conditions: FAILED_CONDITIONS, recommendation } };
  }
  return decide(recommendation, state, input, behavior);
}

/** Windows, policies and bounds, the record of what happened, and when more may follow. */
function decide(recommendation: ComputedRecommendation, before: AutoscalerState, input: SyncInput, behavior: ScalingBehavior): SyncResult {
  const { nowMs, currentReplicas, minReplicas, maxReplicas, cpuTarget } = input;
  const wish = recommendation.replicas;
  const context = { nowMs, currentReplicas, minReplicas, maxReplicas, behavior };
  const normalized = normalizeReplicas(wish, { ...context, state: before });
  const desiredReplicas = normalized.replicas;
  const recorded = recordRecommendation(before, { replicas: wish, atMs: nowMs }, behavior);
  const state = recordScaling(recorded, { from: currentReplicas, to: desiredReplicas, atMs: nowMs }, behavior);
  const decision: ComputedDecision = {
    kind: 'computed',
    atMs: nowMs,
    currentReplicas,
    desiredReplicas,
    minReplicas,
    maxReplicas,
    cpuTarget,
    recommendation,
    stabilization: normalized.stabilization,
    limit: normalized.limit,
    nextChange: forecastChange(wish, { ...context, currentReplicas: desiredReplicas, state }),
    conditions: listConditions(wish, currentReplicas, normalized),
  };
  return { state, decision };
}
