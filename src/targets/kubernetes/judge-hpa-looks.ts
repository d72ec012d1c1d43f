import type { NextLook } from '../../autoscale/explanation.ts';
import { lateMs, lookKnownMs, type WatchMemory } from '../../autoscale/memory.ts';
import type { HorizontalPodAutoscaler } from '../../tools/kube-objects.ts';
import { toTimeMs } from './judge-time.ts';

/** How often the controller looks unless it is told otherwise (--horizontal-pod-autoscaler-sync-period). */
export const syncPeriodMs = 15_000;

/** The next look, and where on the grid of its period it lies. */
export interface ExpectedLook extends NextLook {
  /** Its most likely moment; null when it may come at any time within the period. */
  readonly expectedAtMs: number | null;
  /** A look from which the others are counted; null when none is known. */
  readonly gridAtMs: number | null;
}

/** When the controller last wrote the status; it does so at a look that brings something new. Undefined when nobody tells. */
export function findLookTime({ metadata }: HorizontalPodAutoscaler): number | undefined {
  const times = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === 'status').flatMap(({ time }) => toTimeMs(time) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Counts the next look from the last one that is known. */
export function findNextLook(lookedAtMs: number | undefined, memory: WatchMemory | null, nowMs: number): ExpectedLook {
  const gridAtMs = memory === null ? (lookedAtMs ?? null) : memory.lookedAtMs;
  if (gridAtMs === null || nowMs - gridAtMs > lookKnownMs || gridAtMs - nowMs > lateMs) {
    return { earliestAtMs: nowMs, latestAtMs: nowMs + syncPeriodMs, expectedAtMs: null, gridAtMs: null };
  }
  // One that is due and whose traces weren't seen yet comes at any moment.
  const passed = Math.floor((nowMs - gridAtMs - lateMs) / syncPeriodMs);
  const expectedAtMs = gridAtMs + Math.max(memory === null && passed < 0 ? 0 : 1, passed + 1) * syncPeriodMs;
  return { ...lookAfter(expectedAtMs, gridAtMs), earliestAtMs: Math.max(nowMs, expectedAtMs), latestAtMs: Math.max(nowMs, expectedAtMs + lateMs), expectedAtMs, gridAtMs };
}

/** The first look after a moment. */
export function lookAfter(atMs: number, gridAtMs: number | null): NextLook {
  if (gridAtMs === null) return { earliestAtMs: atMs, latestAtMs: atMs + syncPeriodMs };
  const next = gridAtMs + Math.max(0, Math.ceil((atMs - gridAtMs) / syncPeriodMs)) * syncPeriodMs;
  return { earliestAtMs: Math.max(atMs, next), latestAtMs: next + lateMs };
}
