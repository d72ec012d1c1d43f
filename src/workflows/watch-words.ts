import { explainDecision } from '../autoscale/explain.ts';
import type { WatchMoment } from './watch.ts';

/**
 * The autoscaler's last decision in words, counted from the moment: `CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8
 * at 12:04:31, next look in 2 s`; without `formatTime`, `in 15 s`.
 */
export function decisionWords({ snapshot, atMs }: Pick<WatchMoment, 'snapshot' | 'atMs'>, formatTime?: (ms: number) => string): string {
  if (snapshot === null) return '';
  const { decision, explanation, nextSyncAtMs } = snapshot.autoscaler;
  if (decision === null) return explanation;
  // A decision from the future: the clock was set back, and the time to the next look is unknown.
  const isClockSane = decision.atMs <= atMs + 1_000;
  const next = nextSyncAtMs === null || !isClockSane ? {} : { nextSyncMs: nextSyncAtMs };
  return explainDecision(decision, { nowMs: atMs, ...(formatTime && { formatTime }), ...next });
}

/** Age of the CPU metric at the moment; null when unknown. */
export function metricAgeMs({ snapshot, atMs }: Pick<WatchMoment, 'snapshot' | 'atMs'>): number | null {
  if (snapshot === null || snapshot.autoscaler.metricAgeMs === null) return null;
  return snapshot.autoscaler.metricAgeMs + Math.max(0, atMs - snapshot.atMs);
}

/** CPU in percent of the request from which to which the autoscaler changes nothing; null when unknown. */
export function toleranceBand({ snapshot }: Pick<WatchMoment, 'snapshot'>): { readonly low: number; readonly high: number } | null {
  if (snapshot === null || snapshot.autoscaler.tolerance === null) return null;
  const { cpuTarget, tolerance } = snapshot.autoscaler;
  return { low: cpuTarget * (1 - tolerance.scaleDown), high: cpuTarget * (1 + tolerance.scaleUp) };
}

/** What one replica requests of CPU, in thousandths of a core, by its name; empty as long as the autoscaler has not looked. */
export function cpuRequests({ snapshot }: Pick<WatchMoment, 'snapshot'>): ReadonlyMap<string, number> {
  const decision = snapshot?.autoscaler.decision;
  if (decision?.kind !== 'computed' && decision?.kind !== 'failed') return new Map();
  const requests = decision.recommendation.pods.flatMap(({ name, cpuRequestMillicores }) => (cpuRequestMillicores === null ? [] : [[name, cpuRequestMillicores] as const]));
  return new Map(requests);
}
