import type { ScalingRules } from './behavior.ts';
import type { LimitContext } from './limit.ts';
import { normalizeReplicas } from './normalize.ts';

/** When the replicas may change next, and to how many, if the wish stays what it is. */
export interface NextChange {
  /** The first sync from then on makes the change. */
  readonly atMs: number;
  readonly replicas: number;
}

/**
 * Finds the first moment at which a window or a policy's period that holds the wish back runs out far enough for the replicas to change.
 * Null when the wish is reached, or when no passing of time helps. `context` is as after the sync: its current replicas are those just decided.
 */
export function forecastChange(wish: number, context: LimitContext): NextChange | null {
  for (const atMs of listExpiries(context)) {
    const { replicas } = normalizeReplicas(wish, { ...context, nowMs: atMs });
    if (replicas !== context.currentReplicas) return { atMs, replicas };
  }
  return null;
}

/** The moments after now at which something remembered stops to count, ascending. */
function listExpiries({ nowMs, behavior, state }: LimitContext): readonly number[] {
  // A number that was recommended twice holds until the later of the two runs out.
  const latest = new Map(state.recommendations.map(({ replicas, atMs }) => [replicas, atMs]));
  const events = [...state.scaleUpEvents, ...state.scaleDownEvents];
  const expiries = [behavior.scaleUp, behavior.scaleDown].flatMap((rules) => [
    ...[...latest.values()].map((atMs) => atMs + rules.stabilizationWindowMs),
    ...events.flatMap(({ atMs }) => listPeriods(rules).map((periodMs) => atMs + periodMs)),
  ]);
  return [...new Set(expiries)].filter((atMs) => atMs > nowMs).toSorted((a, b) => a - b);
}

function listPeriods(rules: ScalingRules): readonly number[] {
  return rules.policies.map((policy) => policy.periodMs);
}
