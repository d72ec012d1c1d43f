import type { ScalingPolicy } from './behavior.ts';
import type { ComputedDecision, Decision, FailedDecision } from './decision.ts';
import type { ScalingLimit } from './limit.ts';
import type { GroupedPod, PodGroup, PodGroupReason } from './pods.ts';
import type { ComputedRecommendation, CorrectedUtilization } from './recommend.ts';

/** How a decision is put into words. */
export interface ExplainOptions {
  /** What relative times count from: `decision.atMs`, or later when an old decision is shown again. */
  readonly nowMs: number;
  /** When the autoscaler looks next; left out of the sentence when unknown. */
  readonly nextSyncMs?: number;
  /** Shows a moment, `12:04:31`. Without it moments are relative: `in 41 s`. */
  readonly formatTime?: (ms: number) => string;
}

/**
 * Says in one line why the replicas are as they are and when that may change:
 * `CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 in 15 s, next look in 2 s`.
 */
export function explainDecision(decision: Decision, options: ExplainOptions): string {
  const look = options.nextSyncMs === undefined ? '' : `, next look in ${countdown(options.nextSyncMs, options.nowMs)}`;
  return explain(decision, options) + look;
}

function explain(decision: Decision, options: ExplainOptions): string {
  switch (decision.kind) {
    case 'disabled':
      return 'off: the service is set to 0 replicas';
    case 'out-of-bounds':
      return decision.currentReplicas < decision.minReplicas
        ? `${decision.currentReplicas} is below the minimum: goes to ${decision.desiredReplicas} at once`
        : `${decision.currentReplicas} is above the maximum: goes to ${decision.desiredReplicas} at once`;
    case 'failed':
      return `${explainFailure(decision)}: keeps ${decision.currentReplicas}`;
    case 'computed':
      return explainComputed(decision, options);
  }
}

function explainFailure({ recommendation: { failure, pods } }: FailedDecision): string {
  switch (failure) {
    case 'no-pods':
      return 'no pods to measure';
    case 'no-metrics':
      return 'no CPU metrics yet';
    case 'pods-unready':
      return `no pod counts yet (${countReasons(pods)})`;
    case 'missing-request':
      return `no CPU request on ${pods.flatMap((pod) => (pod.cpuRequestMillicores === null ? pod.name : [])).join(', ')}`;
    case 'zero-request':
      return 'the pods request no CPU';
  }
}

function explainComputed(decision: ComputedDecision, options: ExplainOptions): string {
  const { recommendation, cpuTarget, limit } = decision;
  const clauses = [
    `CPU ${recommendation.utilization.percent} % of request${explainAge(recommendation)}, target ${cpuTarget} %: ${explainWish(decision)}`,
    ...explainUncounted(recommendation),
    ...explainHold(decision),
    ...(limit === null ? [] : [explainLimit(limit)]),
    ...explainNextChange(decision, options),
  ];
  return clauses.join('; ');
}

/** Only an age beyond the metric's own window is worth a word: a newer one is due. */
function explainAge({ metricAgeMs, pods }: ComputedRecommendation): string {
  const windowMs = pods.reduce((widest, pod) => Math.max(widest, pod.cpu?.windowMs ?? 0), 0);
  return metricAgeMs > windowMs ? ` (${Math.round(metricAgeMs / 1000)} s old)` : '';
}

function explainWish({ recommendation, cpuTarget }: ComputedDecision): string {
  const { keptBy, corrected, replicas, tolerance } = recommendation;
  const counted = corrected === null ? '' : `${corrected.percent} % with the others counted, `;
  switch (keptBy) {
    case null:
      return `wants ${replicas}`;
    case 'tolerance': {
      const low = formatPercent(cpuTarget * (1 - tolerance.scaleDown));
      const high = formatPercent(cpuTarget * (1 + tolerance.scaleUp));
      return `${counted}within tolerance (${low} to ${high}), keeps ${replicas}`;
    }
    case 'direction':
      return `${counted}on the other side of the target, keeps ${replicas}`;
    case 'pod-count':
      return `${counted}yet so many pods that it asks for ${corrected !== null && corrected.ratio < 1 ? 'more' : 'fewer'}, keeps ${replicas}`;
  }
}

/** Says which pods are not in the measured CPU, by the way they count instead. */
function explainUncounted({ pods, corrected }: ComputedRecommendation): readonly string[] {
  const uncounted = pods.filter((pod) => pod.group !== 'ready');
  const ways = Map.groupBy(uncounted, (pod) => describeWay(pod.group, corrected));
  return [...ways].map(([way, group]) => `${way}: ${countReasons(group)}`);
}

function describeWay(group: PodGroup, corrected: CorrectedUtilization | null): string {
  const percentOf = { ready: null, ignored: null, missing: corrected?.missingPercent, unready: corrected?.unreadyPercent };
  const assumed = percentOf[group] ?? null;
  if (assumed === null) return 'not counted';
  return assumed === 0 ? 'counted as idle' : `counted as ${assumed} %`;
}

function explainHold({ stabilization, currentReplicas }: ComputedDecision): readonly string[] {
  const { heldBy, replicas } = stabilization;
  if (heldBy === null) return [];
  const verb = replicas === currentReplicas ? 'holding' : 'going to';
  const extreme = heldBy.window === 'up' ? 'lowest' : 'highest';
  const value = heldBy.replicas === replicas ? '' : ` is ${heldBy.replicas}`;
  return [`${verb} ${replicas}: ${extreme} wish of the last ${heldBy.windowMs / 1000} s${value}`];
}

/** `+4 per 15 s allows 7`, `the maximum is 10`. */
export function explainLimit(limit: ScalingLimit): string {
  switch (limit.reason) {
    case 'TooManyReplicas':
      return `the maximum is ${limit.replicas}`;
    case 'TooFewReplicas':
      return `the minimum is ${limit.replicas}`;
    case 'ScaleUpLimit':
      return limit.policy === null ? 'scaling up is disabled' : `+${formatPolicy(limit.policy)} allows ${limit.replicas}`;
    case 'ScaleDownLimit':
      return limit.policy === null ? 'scaling down is disabled' : `-${formatPolicy(limit.policy)} allows ${limit.replicas}`;
  }
}

function formatPolicy({ type, value, periodMs }: ScalingPolicy): string {
  return `${value}${type === 'Percent' ? ' %' : ''} per ${periodMs / 1000} s`;
}

function explainNextChange({ nextChange }: ComputedDecision, { nowMs, formatTime }: ExplainOptions): readonly string[] {
  if (nextChange === null) return [];
  const when = formatTime === undefined ? `in ${countdown(nextChange.atMs, nowMs)}` : `at ${formatTime(nextChange.atMs)}`;
  return [`may go to ${nextChange.replicas} ${when}`];
}

/** Why a pod is in its group, in words that follow a number or a name. */
export const REASON_WORDS: Readonly<Record<PodGroupReason, string>> = {
  counted: 'counted',
  terminating: 'ending',
  failed: 'failed',
  pending: 'pending',
  'no-metric': 'without metric',
  'not-ready': 'not ready',
  'readiness-unknown': 'of unknown readiness',
  'warming-up': 'warming up',
};

/** `2 pending, 1 warming up`. */
function countReasons(pods: readonly GroupedPod[]): string {
  const reasons = Map.groupBy(pods, (pod) => pod.reason);
  return [...reasons].map(([reason, group]) => `${group.length} ${REASON_WORDS[reason]}`).join(', ');
}

/** Whole seconds until then, rounded up; never negative. */
function countdown(atMs: number, nowMs: number): string {
  return `${Math.max(0, Math.ceil((atMs - nowMs) / 1000))} s`;
}

/** At most one decimal: 38.5 %. */
export function formatPercent(value: number): string {
  return `${Number(value.toFixed(1))} %`;
}
