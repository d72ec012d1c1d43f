import type { ScalingBehavior, ScalingRules } from './behavior.ts';
import type { ScalingLimit } from './limit.ts';
import { normalizePlainly } from './normalize-plainly.ts';
import { normalizeReplicas } from './normalize.ts';
import type { HoldingRecommendation } from './stabilize.ts';
import type { PastRecommendation, ScaleEvent } from './state.ts';

/** What is known of an autoscaler's memory by one who can't look into it. Times in milliseconds since the epoch. */
export interface KnownPast {
  /** Recommendations that it is known to remember. */
  readonly recommendations: readonly PastRecommendation[];
  /** From when on these are all; null when others may be among them. */
  readonly recommendationsSinceMs: number | null;
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  /** From when on these are all; null when others may be among them. */
  readonly scalingsSinceMs: number | null;
}

/** What a look depends on beside the wish. */
export interface LookContext {
  /** The moment of the look. */
  readonly nowMs: number;
  readonly currentReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Null is an HPA without `behavior`. */
  readonly behavior: ScalingBehavior | null;
  /** How long the highest recommendation holds a scale-down back where there is no behavior. */
  readonly defaultWindowMs: number;
  readonly past: KnownPast;
}

/** What a look will set the replicas to: one number, or two between which it lies because the autoscaler may remember what nobody sees. */
export interface LookResult {
  readonly lowest: number;
  readonly highest: number;
  /** A known recommendation that keeps the wish from passing; null when none is known to. */
  readonly heldBy: HoldingRecommendation | null;
  readonly limit: ScalingLimit | null;
  /** Whether an unknown recommendation of a window may hold the wish back. */
  readonly mayBeHeld: boolean;
  /** Whether an unknown scaling within a policy's period may leave less room. */
  readonly mayBeLimited: boolean;
}

/** When the replicas change if the wish stays, and to how many. Looks come at most a sync period after a moment. */
export interface OutlookChange {
  /** Not before that. */
  readonly earliestAtMs: number;
  /** Not after that. */
  readonly latestAtMs: number;
  readonly replicas: number;
}

/** What a look at this moment makes of a wish. */
export function foreseeLook(wish: number, context: LookContext): LookResult {
  const { currentReplicas, past } = context;
  const { replicas, stabilization, limit } = normalize(wish, context);
  const mayBeHeld = heldInSecret(wish, replicas, context);
  const mayBeLimited = replicas !== currentReplicas && limitedInSecret(replicas > currentReplicas ? 'scaleUp' : 'scaleDown', context, past);
  const isSure = !mayBeHeld && !mayBeLimited;
  const lowest = isSure ? replicas : Math.min(replicas, currentReplicas);
  const highest = isSure ? replicas : Math.max(replicas, currentReplicas);
  return { lowest, highest, heldBy: stabilization.heldBy, limit, mayBeHeld, mayBeLimited };
}

/** Finds when the replicas may and must change if the wish stays; null when no passing of time changes them. `context` is the next look. */
export function foreseeChange(wish: number, context: LookContext): OutlookChange | null {
  const { currentReplicas, nowMs, past } = context;
  // From the look on all is known: by assumption it is the wish, and no scaling.
  const known = { ...past, recommendationsSinceMs: past.recommendationsSinceMs ?? nowMs, scalingsSinceMs: past.scalingsSinceMs ?? nowMs };
  let earliestAtMs: number | undefined;
  for (const atMs of [nowMs, ...listExpiries({ ...context, past: known })]) {
    const { lowest, highest } = foreseeLook(wish, { ...context, nowMs: atMs, past: known });
    if (lowest === currentReplicas && highest === currentReplicas) continue;
    earliestAtMs ??= atMs;
    if (lowest === highest) return { earliestAtMs, latestAtMs: atMs, replicas: lowest };
  }
  return null;
}

function normalize(wish: number, { behavior, defaultWindowMs, past, ...context }: LookContext) {
  const { recommendations, scaleUpEvents, scaleDownEvents } = past;
  const state = { recommendations, scaleUpEvents, scaleDownEvents };
  return behavior === null ? normalizePlainly(wish, { ...context, recommendations, windowMs: defaultWindowMs }) : normalizeReplicas(wish, { ...context, behavior, state });
}

/** Whether a window reaches further back than what is known, and could hold back what the known ones let pass. */
function heldInSecret(wish: number, replicas: number, context: LookContext): boolean {
  const { currentReplicas, nowMs, past } = context;
  const windowMs = wish > currentReplicas ? (context.behavior?.scaleUp.stabilizationWindowMs ?? 0) : downWindowMs(context);
  // As long as anything already holds all of it, there is nothing left to hide.
  return wish !== currentReplicas && replicas !== currentReplicas && windowMs > 0 && !isKnownSince(past.recommendationsSinceMs, nowMs - windowMs);
}

function limitedInSecret(direction: 'scaleUp' | 'scaleDown', { behavior, nowMs }: LookContext, past: KnownPast): boolean {
  if (behavior === null || behavior[direction].selectPolicy === 'Disabled') return false;
  return !isKnownSince(past.scalingsSinceMs, nowMs - longestPeriodMs(behavior[direction]));
}

function isKnownSince(sinceMs: number | null, atMs: number): boolean {
  return sinceMs !== null && sinceMs <= atMs;
}

function downWindowMs({ behavior, defaultWindowMs }: LookContext): number {
  return behavior?.scaleDown.stabilizationWindowMs ?? defaultWindowMs;
}

function longestPeriodMs({ policies }: ScalingRules): number {
  return policies.reduce((longest, { periodMs }) => Math.max(longest, periodMs), 0);
}

/** The moments after the look at which something remembered stops to count, or all that counts is known; ascending. */
function listExpiries(context: LookContext): readonly number[] {
  const { nowMs, behavior, past } = context;
  const rules = behavior === null ? [] : [behavior.scaleUp, behavior.scaleDown];
  const windows = [downWindowMs(context), ...rules.map(({ stabilizationWindowMs }) => stabilizationWindowMs)];
  const periods = rules.flatMap(({ policies }) => policies.map(({ periodMs }) => periodMs));
  const remembered = [...past.recommendations.map(({ atMs }) => atMs), past.recommendationsSinceMs ?? nowMs];
  const scaled = [...past.scaleUpEvents, ...past.scaleDownEvents].map(({ atMs }) => atMs);
  const expiries = [
    ...remembered.flatMap((atMs) => windows.map((windowMs) => atMs + windowMs)),
    ...[...scaled, past.scalingsSinceMs ?? nowMs].flatMap((atMs) => periods.map((periodMs) => atMs + periodMs)),
  ];
  return [...new Set(expiries)].filter((atMs) => atMs > nowMs).toSorted((a, b) => a - b);
}
