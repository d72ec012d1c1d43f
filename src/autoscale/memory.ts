import type { KnownPast } from './outlook.ts';
import type { PastRecommendation, ScaleEvent } from './state.ts';

/** What metrics ask for. Null is unknown. */
export interface SeenWish {
  readonly replicas: number | null;
  /** The values of the metrics, in order. */
  readonly values: readonly (number | null)[];
}

/** What was seen of an autoscaler at one moment. Times in milliseconds since the epoch, null is unknown. */
export interface SeenMoment {
  readonly nowMs: number;
  /** What its metrics asked for then. */
  readonly wish: SeenWish;
  /** What the same metrics asked for with the pods of the sight before. */
  readonly wishBefore: SeenWish;
  /** The values that it told itself at its last look. */
  readonly toldValues: readonly (number | null)[];
  /** What its target was set to. */
  readonly currentReplicas: number | null;
  /** When it last is known to have looked. */
  readonly lookedAtMs: number | null;
  /** When it last scaled. */
  readonly scaledAtMs: number | null;
}

/** What one who watches an autoscaler remembers of it. Never changed in place. */
export interface WatchMemory {
  readonly sinceMs: number;
  readonly last: SeenMoment;
  /** When it last looked, by its own word or by its period; null until it is known. */
  readonly lookedAtMs: number | null;
  readonly recommendations: readonly PastRecommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
}

/** Longer than any window or period that the API accepts. */
const rememberedMs = 3_600_000;

/** How late a look may come after its period: times are told in whole seconds, and a look takes some milliseconds, by which the next is later. */
export const lateMs = 1_500;

/** A look that is further from where its period puts it belongs to a controller that began anew. */
const driftMs = 2_500;

/** After this time without word of a look nobody knows where in the period the next one lies. */
export const lookKnownMs = 600_000;

/** The memory of one who begins to watch. */
export function beginMemory(seen: SeenMoment): WatchMemory {
  return { sinceMs: seen.nowMs, last: seen, lookedAtMs: isKnown(seen) ? seen.lookedAtMs : null, recommendations: [], scaleUpEvents: [], scaleDownEvents: [] };
}

/**
 * Adds a moment. At each look since the last one the autoscaler has remembered what its metrics asked for; where two readings lie around a look, it is
 * the one whose values it tells, else both. `syncPeriodMs` is how often it looks.
 */
export function addMoment(memory: WatchMemory, seen: SeenMoment, syncPeriodMs: number): WatchMemory {
  const { last } = memory;
  // After a clock that jumped nothing of before can be placed any more.
  if (seen.nowMs < last.nowMs) return beginMemory(seen);
  const onTime = shiftLooks(memory, seen, syncPeriodMs);
  const looks = listLooks(onTime, seen, syncPeriodMs);
  const wishes = findWishes(last.wish, seen);
  const recommended = looks.flatMap((atMs) => wishes.map((replicas) => ({ replicas, atMs })));
  const cutoffMs = seen.nowMs - rememberedMs;
  const recent = <T extends { readonly atMs: number }>(list: readonly T[]) => list.filter(({ atMs }) => atMs > cutoffMs);
  const scaled = findScaling(last, seen, looks.at(-1));
  return {
    // Looks that nobody saw may have brought anything.
    sinceMs: seen.nowMs - last.nowMs > syncPeriodMs ? seen.nowMs : Math.max(memory.sinceMs, cutoffMs),
    last: seen,
    lookedAtMs: isKnown(seen) ? (looks.at(-1) ?? onTime.lookedAtMs) : null,
    recommendations: recent([...onTime.recommendations, ...recommended]),
    scaleUpEvents: recent([...onTime.scaleUpEvents, ...(scaled?.isUp === true ? [scaled.event] : [])]),
    scaleDownEvents: recent([...onTime.scaleDownEvents, ...(scaled?.isUp === false ? [scaled.event] : [])]),
  };
}

function isKnown({ lookedAtMs, nowMs }: SeenMoment): boolean {
  return lookedAtMs !== null && nowMs - lookedAtMs <= lookKnownMs;
}

/**
 * Moves all that is remembered by as much as looks have become later than whole periods. So they stay whole periods apart: what was remembered one window
 * before a look is past it, as for the controller, and times in whole seconds would not tell.
 */
function shiftLooks(memory: WatchMemory, { lookedAtMs }: SeenMoment, syncPeriodMs: number): WatchMemory {
  if (lookedAtMs === null || memory.lookedAtMs === null || lookedAtMs === memory.last.lookedAtMs) return memory;
  const sinceMs = lookedAtMs - memory.lookedAtMs;
  const byMs = sinceMs - Math.round(sinceMs / syncPeriodMs) * syncPeriodMs;
  if (byMs === 0 || Math.abs(byMs) > driftMs) return memory;
  const shift = <T extends { readonly atMs: number }>(list: readonly T[]) => list.map((one) => ({ ...one, atMs: one.atMs + byMs }));
  const { recommendations, scaleUpEvents, scaleDownEvents } = memory;
  return { ...memory, lookedAtMs: memory.lookedAtMs + byMs, recommendations: shift(recommendations), scaleUpEvents: shift(scaleUpEvents), scaleDownEvents: shift(scaleDownEvents) };
}

/** What is known of an autoscaler's past by watching it, and by what was known `before`. */
export function knownPast(memory: WatchMemory, before: KnownPast): KnownPast {
  const older = before.recommendations.filter(({ atMs }) => atMs < memory.sinceMs);
  const olderOf = (events: readonly ScaleEvent[]) => events.filter(({ atMs }) => atMs < memory.sinceMs);
  return {
    recommendations: [...older, ...memory.recommendations],
    recommendationsSinceMs: before.recommendationsSinceMs ?? memory.sinceMs,
    scaleUpEvents: [...olderOf(before.scaleUpEvents), ...memory.scaleUpEvents],
    scaleDownEvents: [...olderOf(before.scaleDownEvents), ...memory.scaleDownEvents],
    scalingsSinceMs: Math.min(before.scalingsSinceMs ?? memory.sinceMs, memory.sinceMs),
  };
}

/** What it recommended at a look between the last sight and this one. */
function findWishes(before: SeenWish, { wishBefore, toldValues }: SeenMoment): readonly number[] {
  const possible = [before, wishBefore];
  const told = possible.filter(({ values }) => values.length === toldValues.length && values.every((value, index) => value === toldValues[index]));
  return [...new Set((told.length === 0 ? possible : told).flatMap(({ replicas }) => replicas ?? []))];
}

/** The moments between two sights at which it looked: by its own word, else where its period puts them; each sight when nothing is known. */
function listLooks(memory: WatchMemory, seen: SeenMoment, syncPeriodMs: number): readonly number[] {
  const { last, lookedAtMs } = memory;
  if (seen.lookedAtMs !== null && seen.lookedAtMs !== last.lookedAtMs) return [seen.lookedAtMs];
  if (lookedAtMs === null) return [seen.nowMs];
  const due = lookedAtMs + syncPeriodMs;
  return due + lateMs <= seen.nowMs ? [due] : [];
}

/** A change of the replicas that the autoscaler made; one that somebody else made is none of its events. */
function findScaling(last: SeenMoment, seen: SeenMoment, lookMs: number | undefined): { readonly isUp: boolean; readonly event: ScaleEvent } | undefined {
  if (last.currentReplicas === null || seen.currentReplicas === null || last.currentReplicas === seen.currentReplicas) return undefined;
  if (seen.scaledAtMs === null || seen.scaledAtMs === last.scaledAtMs) return undefined;
  const change = Math.abs(seen.currentReplicas - last.currentReplicas);
  return { isUp: seen.currentReplicas > last.currentReplicas, event: { change, atMs: lookMs ?? seen.scaledAtMs } };
}
