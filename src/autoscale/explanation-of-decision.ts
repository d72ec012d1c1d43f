import type { ComputedDecision, Decision } from './decision.ts';
import type { AutoscalerExplanation, ExplainedMetric, ExplainedPod, NextLook } from './explanation.ts';
import { REASON_WORDS } from './explain.ts';
import type { GroupedPod } from './pods.ts';
import type { Recommendation, Tolerance } from './recommend.ts';

/** Where a decision was made, and what is known of it beside. */
export interface DecisionSetting {
  readonly name: string;
  readonly nowMs: number;
  /** When the autoscaler looks next; null when unknown. */
  readonly nextSyncAtMs: number | null;
  readonly tolerance: Tolerance | null;
  /** The decision in words. */
  readonly text: string;
  readonly replicas: AutoscalerExplanation['replicas'];
}

/** The explanation of an emulated autoscaler's own decision: nothing of it is hidden. `decision` is null before its first look. */
export function explanationOfDecision(decision: Decision | null, setting: DecisionSetting): AutoscalerExplanation {
  const { name, nowMs, nextSyncAtMs, tolerance, text, replicas } = setting;
  const nextLook = nextSyncAtMs === null ? null : { earliestAtMs: Math.max(nowMs, nextSyncAtMs), latestAtMs: Math.max(nowMs, nextSyncAtMs) };
  const base = { kind: 'emulated', context: null, namespace: null, name, scaleTarget: null, atMs: nowMs, text, tolerance, nextLook, complaint: null } as const;
  const unlooked = { state: 'unknown', metrics: [], wish: null, outcome: null, heldBy: null, limit: null, nextChange: null, unknowns: ['it has not looked yet'] } as const;
  if (decision === null) return { ...base, ...unlooked, replicas };
  const { desiredReplicas, minReplicas, maxReplicas } = decision;
  return {
    ...base,
    ...unlooked,
    state: decision.kind,
    replicas: { current: replicas.current, desired: desiredReplicas, min: minReplicas, max: maxReplicas },
    metrics: 'recommendation' in decision ? [explainMetric(decision.recommendation, decision.cpuTarget, tolerance, nowMs - decision.atMs)] : [],
    outcome: { lowest: desiredReplicas, highest: desiredReplicas },
    unknowns: ['the decision is that of its last look'],
    ...(decision.kind === 'computed' ? explainComputed(decision, nextLook) : {}),
  };
}

function explainComputed({ recommendation, stabilization, limit, nextChange }: ComputedDecision, nextLook: NextLook | null) {
  const { heldBy } = stabilization;
  const lookMs = nextLook?.earliestAtMs ?? 0;
  return {
    wish: recommendation.replicas,
    heldBy: heldBy === null ? null : { window: heldBy.window, windowMs: heldBy.windowMs, replicas: heldBy.replicas, untilMs: heldBy.atMs + heldBy.windowMs },
    limit,
    // The first look after its moment makes it.
    nextChange: nextChange === null ? null : { earliestAtMs: Math.max(lookMs, nextChange.atMs), latestAtMs: Math.max(lookMs, nextChange.atMs), replicas: nextChange.replicas },
  };
}

function explainMetric(recommendation: Recommendation, target: number, tolerance: Tolerance | null, sinceMs: number): ExplainedMetric {
  const isComputed = recommendation.kind === 'computed';
  const corrected = isComputed ? recommendation.corrected : null;
  return {
    type: 'Resource',
    name: 'CPU',
    source: isComputed ? 'recomputed' : 'unknown',
    unit: 'percent',
    current: isComputed ? recommendation.utilization.percent : null,
    target,
    corrected: corrected?.percent ?? null,
    toleratedFrom: tolerance === null ? null : Number((target * (1 - tolerance.scaleDown)).toFixed(6)),
    toleratedTo: tolerance === null ? null : Number((target * (1 + tolerance.scaleUp)).toFixed(6)),
    missingCountedAs: corrected?.missingPercent ?? null,
    unreadyCountedAsIdle: corrected?.unreadyPercent === 0,
    keptBy: isComputed ? recommendation.keptBy : null,
    wish: isComputed ? recommendation.replicas : null,
    ageMs: isComputed ? recommendation.metricAgeMs + Math.max(0, sinceMs) : null,
    windowMs: recommendation.pods.reduce<number | null>((widest, { cpu }) => (cpu === null ? widest : Math.max(widest ?? 0, cpu.windowMs)), null),
    pods: recommendation.pods.map((pod) => explainPod(pod)),
    problem: isComputed ? null : problems[recommendation.failure],
    isFailing: !isComputed,
  };
}

const problems = {
  'no-pods': 'there are no pods to measure',
  'no-metrics': 'the pods have not been measured yet',
  'pods-unready': 'none of the measured pods counts yet',
  'missing-request': 'a pod requests no CPU',
  'zero-request': 'the pods request no CPU',
} as const;

function explainPod({ name, group, reason, cpu, cpuRequestMillicores }: GroupedPod): ExplainedPod {
  return { name, group, reason, why: reason === 'counted' ? null : REASON_WORDS[reason], usage: cpu?.millicores ?? null, request: cpuRequestMillicores };
}
