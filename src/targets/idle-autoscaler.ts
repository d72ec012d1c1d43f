import type { AutoscalerSnapshot } from './target.ts';

/** An autoscaler that doesn't look at anything, and why, in words. */
export function idleAutoscaler(kind: AutoscalerSnapshot['kind'], cpuTarget: number, explanation: string): AutoscalerSnapshot {
  return { kind, cpuPercent: null, cpuTarget, explanation, tolerance: null, metricAgeMs: null, nextSyncAtMs: null, decision: null };
}
