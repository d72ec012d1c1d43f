import type { ScalingBehavior } from '../../autoscale/behavior.ts';
import { createBehavior } from '../../autoscale/behavior.ts';
import type { AutoscalerExplanation, ExplainedMetric, NextLook } from '../../autoscale/explanation.ts';
import { sayExplanation } from '../../autoscale/explanation-text.ts';
import { addMoment, beginMemory, knownPast, type SeenMoment, type SeenWish, type WatchMemory } from '../../autoscale/memory.ts';
import { foreseeChange, foreseeLook, type LookContext, type LookResult } from '../../autoscale/outlook.ts';
import type { HorizontalPodAutoscaler } from '../../tools/kube-objects.ts';
import { toBehavior } from './judge-behavior.ts';
import { findComplaint, isHoldingReplicas, isScaledToZero } from './judge-hpa-conditions.ts';
import { type ExpectedLook, lookAfter, findNextLook, findLookTime, syncPeriodMs } from './judge-hpa-looks.ts';
import { judgeMetrics } from './judge-hpa-metrics.ts';
import { readPast } from './judge-hpa-past.ts';
import type { AutoscalerSight } from './judge-hpa-sight.ts';
import { listUnknowns } from './judge-hpa-unknowns.ts';
import { toTimeMs } from './judge-time.ts';

type Outcome = Pick<AutoscalerExplanation, 'state' | 'wish' | 'outcome' | 'heldBy' | 'limit' | 'nextChange'>;

const nothingMore = { wish: null, heldBy: null, limit: null, nextChange: null } as const;

/** Computes what an autoscaler sees and decides, and says what of it can't be known. `memory` is what was seen while watching. */
export function explainSight(sight: AutoscalerSight, memory: WatchMemory | null): AutoscalerExplanation {
  const { autoscaler, scale, nowMs } = sight;
  const { spec, status, metadata } = autoscaler;
  const behavior = toBehavior(autoscaler);
  const tolerance = { scaleUp: behavior.scaleUp.tolerance, scaleDown: behavior.scaleDown.tolerance };
  const current = scale?.spec.replicas ?? (scale === undefined ? (status?.currentReplicas ?? null) : scale === null ? null : 0);
  const view = { ...sight, tolerance, currentReplicas: current ?? 0, statusReplicas: scale?.status?.replicas ?? status?.currentReplicas ?? 0 };
  const metrics = scale === null || (current === 0 && !isScaledToZero(autoscaler)) ? [] : judgeMetrics(view);
  const past = memory === null ? readPast(autoscaler, sight.events) : knownPast(memory, readPast(autoscaler, sight.events));
  const nextLook = findNextLook(findLookTime(autoscaler), memory, nowMs);
  const look = { nowMs: nextLook.expectedAtMs ?? nowMs, behavior: spec.behavior === undefined ? null : behavior, past };
  const decided = current === null ? unknownOutcome(scale === null) : decide(autoscaler, metrics, current, look);
  const explanation: Omit<AutoscalerExplanation, 'text'> = {
    kind: 'kubernetes',
    context: sight.context,
    namespace: metadata.namespace ?? null,
    name: metadata.name,
    scaleTarget: { kind: spec.scaleTargetRef.kind, name: spec.scaleTargetRef.name },
    atMs: nowMs,
    replicas: { current, desired: status?.desiredReplicas ?? null, min: spec.minReplicas ?? 1, max: spec.maxReplicas },
    tolerance,
    metrics,
    ...decided,
    nextChange: onLooks(decided.nextChange, nextLook, look.nowMs),
    nextLook: { earliestAtMs: nextLook.earliestAtMs, latestAtMs: nextLook.latestAtMs },
    complaint: findComplaint(autoscaler),
    unknowns: [],
  };
  return { ...explanation, text: sayExplanation(explanation), unknowns: listUnknowns(sight, explanation, { memory, past, nextLook }) };
}

/** An autoscaler that is being watched: what was seen, and what is remembered of it. */
export interface WatchedSight {
  readonly sight: AutoscalerSight;
  readonly explanation: AutoscalerExplanation;
  readonly memory: WatchMemory;
}

/** As `explainSight`, with what was seen before; that is null at the first sight. */
export function watchSight(sight: AutoscalerSight, before: WatchedSight | null): WatchedSight {
  const alone = explainSight(sight, null);
  const mixed = before === null ? alone : explainSight({ ...before.sight, podMetrics: sight.podMetrics }, null);
  const seen: SeenMoment = {
    nowMs: sight.nowMs,
    wish: toWish(alone),
    wishBefore: toWish(mixed),
    toldValues: toldPercents(sight.autoscaler),
    currentReplicas: alone.replicas.current,
    lookedAtMs: findLookTime(sight.autoscaler) ?? null,
    scaledAtMs: toTimeMs(sight.autoscaler.status?.lastScaleTime) ?? null,
  };
  const memory = before === null ? beginMemory(seen) : addMoment(before.memory, seen, syncPeriodMs);
  return { sight, memory, explanation: explainSight(sight, memory) };
}

function toWish({ state, wish, metrics }: AutoscalerExplanation): SeenWish {
  return { replicas: state === 'computed' ? wish : null, values: metrics.map(({ current }) => current) };
}

/** The utilizations that an autoscaler read at its last look, in the order of its metrics. */
function toldPercents({ spec, status }: HorizontalPodAutoscaler): readonly (number | null)[] {
  return (spec.metrics ?? []).map((_, index) => {
    const said = status?.currentMetrics?.[index];
    return (said?.resource ?? said?.containerResource)?.current?.averageUtilization ?? null;
  });
}

function unknownOutcome(isGone: boolean): Outcome {
  return { ...nothingMore, state: isGone ? 'failed' : 'unknown', outcome: null };
}

interface Look {
  readonly nowMs: number;
  readonly behavior: ScalingBehavior | null;
  readonly past: LookContext['past'];
}

function decide(autoscaler: HorizontalPodAutoscaler, metrics: readonly ExplainedMetric[], current: number, look: Look): Outcome {
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const stay = (state: AutoscalerExplanation['state']): Outcome => ({ ...nothingMore, state, outcome: { lowest: current, highest: current } });
  if (current === 0 && !isScaledToZero(autoscaler)) return stay('disabled');
  const bounded = Math.min(Math.max(current, minReplicas), maxReplicas);
  if (current !== 0 && bounded !== current) {
    const nextChange = { earliestAtMs: look.nowMs, latestAtMs: look.nowMs, replicas: bounded };
    return { ...nothingMore, state: 'out-of-bounds', outcome: { lowest: bounded, highest: bounded }, nextChange };
  }
  if (isHoldingReplicas(autoscaler)) return stay('failed');
  const wishes = metrics.flatMap(({ wish }) => wish ?? []);
  // From 0 at least the minimum comes.
  const highest = Math.max(...wishes, ...(current === 0 && wishes.length > 0 ? [minReplicas] : []));
  const failing = metrics.filter(({ isFailing }) => isFailing);
  // One that fails keeps the others from scaling down.
  if (failing.length > 0 && (failing.length === metrics.length || (wishes.length + failing.length === metrics.length && highest < current))) return stay('failed');
  const context = { ...look, currentReplicas: current, minReplicas, maxReplicas, defaultWindowMs: createBehavior().scaleDown.stabilizationWindowMs };
  if (wishes.length + failing.length < metrics.length) return foreseePartly(wishes, current, context);
  const result = foreseeLook(highest, context);
  const { lowest, limit } = result;
  return { state: 'computed', wish: highest, outcome: { lowest, highest: result.highest }, heldBy: toHold(result, context), limit, nextChange: foreseeChange(highest, context) };
}

/** Where a metric is unknown the others ask for at least so many. */
function foreseePartly(wishes: readonly number[], current: number, context: LookContext): Outcome {
  if (wishes.length === 0) return unknownOutcome(false);
  const { lowest } = foreseeLook(Math.max(...wishes), context);
  return { ...nothingMore, state: 'unknown', outcome: { lowest, highest: Math.max(lowest, current, context.maxReplicas) } };
}

function toHold({ heldBy }: LookResult, { nowMs }: LookContext): AutoscalerExplanation['heldBy'] {
  if (heldBy === null) return null;
  const { window, windowMs, replicas, atMs } = heldBy;
  return { window, windowMs, replicas, untilMs: Math.max(nowMs, atMs + windowMs) };
}

/** A change comes with the first look after its moment. `lookMs` is what the next look was foreseen for. */
function onLooks(change: AutoscalerExplanation['nextChange'], next: ExpectedLook, lookMs: number): AutoscalerExplanation['nextChange'] {
  if (change === null) return null;
  const lookFor = (atMs: number): NextLook => (atMs <= lookMs ? next : lookAfter(atMs, next.gridAtMs));
  return { replicas: change.replicas, earliestAtMs: lookFor(change.earliestAtMs).earliestAtMs, latestAtMs: lookFor(change.latestAtMs).latestAtMs };
}
