import type { ScalingBehavior, ScalingPolicy, ScalingRules } from './behavior.ts';
import type { AutoscalerState, ScaleEvent } from './state.ts';

/** What keeps the replicas from going as far as the windows let them; the reasons are those of the HPA condition ScalingLimited. */
export type ScalingLimit =
  | { readonly reason: 'TooManyReplicas' | 'TooFewReplicas'; readonly replicas: number }
  | {
      readonly reason: 'ScaleUpLimit' | 'ScaleDownLimit';
      readonly replicas: number;
      /** The policy that was selected; null when scaling in this direction is disabled. */
      readonly policy: ScalingPolicy | null;
      /** Replicas when the policy's period began. */
      readonly periodStartReplicas: number;
    };

/** How far the replicas may go now. */
export interface LimitedReplicas {
  readonly replicas: number;
  /** Null when they may go all the way. */
  readonly limit: ScalingLimit | null;
}

/** What limits depend on. */
export interface LimitContext {
  readonly nowMs: number;
  readonly currentReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly behavior: ScalingBehavior;
  readonly state: AutoscalerState;
}

/**
 * Applies policies and bounds to a stabilised wish (Kubernetes 1.36: pkg/controller/podautoscaler/horizontal.go,
 * convertDesiredReplicasWithBehaviorRate). Current replicas must lie within the bounds.
 */
export function limitReplicas(wish: number, context: LimitContext): LimitedReplicas {
  const { currentReplicas, minReplicas, maxReplicas } = context;
  if (wish > currentReplicas) {
    const allowed = limitScaleUp(context);
    const limit: ScalingLimit =
      maxReplicas > allowed.replicas ? { reason: 'ScaleUpLimit', ...allowed } : { reason: 'TooManyReplicas', replicas: maxReplicas };
    if (wish > limit.replicas) return { replicas: limit.replicas, limit };
  }
  if (wish < currentReplicas) {
    const allowed = limitScaleDown(context);
    const limit: ScalingLimit =
      minReplicas < allowed.replicas ? { reason: 'ScaleDownLimit', ...allowed } : { reason: 'TooFewReplicas', replicas: minReplicas };
    if (wish < limit.replicas) return { replicas: limit.replicas, limit };
  }
  return { replicas: wish, limit: null };
}

/** How far policies let the replicas go. */
interface PolicyLimit {
  readonly replicas: number;
  readonly policy: ScalingPolicy | null;
  readonly periodStartReplicas: number;
}

/** Never below the current number: after many recent scale-ups a policy may allow fewer than there are. */
function limitScaleUp(context: LimitContext): PolicyLimit {
  const rules = context.behavior.scaleUp;
  // Rounded up, so that a small percentage of few replicas still adds one.
  const limits = limitByPolicy(rules, context, (start, { type, value }) =>
    type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100)),
  );
  const limit = select(limits, rules.selectPolicy === 'Min' ? Math.min : Math.max);
  return limit === null ? disabled(context) : { ...limit, replicas: Math.max(limit.replicas, context.currentReplicas) };
}

/** Never above the current number. */
function limitScaleDown(context: LimitContext): PolicyLimit {
  const rules = context.behavior.scaleDown;
  const limits = limitByPolicy(rules, context, (start, { type, value }) =>
    type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100)),
  );
  const limit = select(limits, rules.selectPolicy === 'Min' ? Math.max : Math.min);
  return limit === null ? disabled(context) : { ...limit, replicas: Math.min(limit.replicas, context.currentReplicas) };
}

/** Empty when the direction is disabled. */
function limitByPolicy(
  rules: ScalingRules,
  context: LimitContext,
  allow: (periodStartReplicas: number, policy: ScalingPolicy) => number,
): readonly PolicyLimit[] {
  if (rules.selectPolicy === 'Disabled') return [];
  const { currentReplicas, nowMs, state } = context;
  return rules.policies.map((policy) => {
    const added = sumChanges(state.scaleUpEvents, nowMs - policy.periodMs);
    const removed = sumChanges(state.scaleDownEvents, nowMs - policy.periodMs);
    const periodStartReplicas = currentReplicas - added + removed;
    return { replicas: allow(periodStartReplicas, policy), policy, periodStartReplicas };
  });
}

/** The first limit at the extreme that `pick` prefers. */
function select(limits: readonly PolicyLimit[], pick: (...values: number[]) => number): PolicyLimit | null {
  const replicas = pick(...limits.map((limit) => limit.replicas));
  return limits.find((limit) => limit.replicas === replicas) ?? null;
}

function disabled({ currentReplicas }: LimitContext): PolicyLimit {
  return { replicas: currentReplicas, policy: null, periodStartReplicas: currentReplicas };
}

/** An event as old as the period is outside. */
function sumChanges(events: readonly ScaleEvent[], cutoffMs: number): number {
  return events.reduce((sum, event) => (event.atMs > cutoffMs ? sum + event.change : sum), 0);
}
