import type { ReplayMeasures } from './replay-measures.ts';

/** A suggestion: an alternative to try next, or none. */
export interface Suggestion<Alternative> {
  /** Null when nothing that was tried is clearly better. */
  readonly alternative: Alternative | null;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
}

/** Less than this isn't worth a change: the model itself is off by some percent. */
const worthShare = 0.05;
const worthMs = 1_000;

/** CPU above this share of the request leaves nothing for a peak within a metric's window. */
const headroomPercent = 90;

/**
 * Picks from alternatives. While own settings are short of CPU: the one that is least short, of such the cheapest. Else the cheapest that is never short,
 * keeps headroom, or the own peak where that is higher, isn't held by its maximum for longer, and changes the replicas at most twice more.
 */
export function suggestSettings<Alternative extends { readonly measures: ReplayMeasures }>(
  own: ReplayMeasures,
  alternatives: readonly Alternative[],
): Suggestion<Alternative> {
  return own.shortMs >= worthMs ? suggestMore(own, alternatives) : suggestCheaper(own, alternatives);
}

function suggestMore<Alternative extends { readonly measures: ReplayMeasures }>(own: ReplayMeasures, alternatives: readonly Alternative[]): Suggestion<Alternative> {
  const better = alternatives
    .filter(({ measures }) => own.shortMs - measures.shortMs >= Math.max(worthMs, worthShare * own.shortMs))
    .toSorted((a, b) => Math.round((a.measures.shortMs - b.measures.shortMs) / worthMs) || a.measures.podSeconds - b.measures.podSeconds);
  const short = `with its own settings ready replicas needed more CPU than they request for ${seconds(own.shortMs)}`;
  const limited = own.atMaxMs < worthMs ? [] : [`for ${seconds(own.atMaxMs)} the CPU asked for more replicas than the maximum`];
  const [best] = better;
  if (best === undefined) return { alternative: null, reasons: [short, ...limited, 'nothing that was tried makes that clearly shorter'] };
  const { measures } = best;
  const cost = `that takes ${percent(measures.podSeconds, own.podSeconds)} pod-seconds`;
  return { alternative: best, reasons: [short, ...limited, `here for ${seconds(measures.shortMs)}, the least of what was tried`, cost] };
}

function suggestCheaper<Alternative extends { readonly measures: ReplayMeasures }>(own: ReplayMeasures, alternatives: readonly Alternative[]): Suggestion<Alternative> {
  const [best] = alternatives
    .filter(({ measures }) => measures.podSeconds <= own.podSeconds * (1 - worthShare) && measures.shortMs <= own.shortMs)
    .filter(({ measures }) => measures.peakPercent <= Math.max(headroomPercent, own.peakPercent) && measures.changes <= own.changes + 2)
    .filter(({ measures }) => measures.atMaxMs <= own.atMaxMs)
    .toSorted((a, b) => a.measures.podSeconds - b.measures.podSeconds);
  const enough = own.shortMs === 0 ? 'ready replicas never needed more CPU than they request' : `ready replicas needed more CPU than they request for ${seconds(own.shortMs)} only`;
  if (best === undefined) return { alternative: null, reasons: [enough, 'nothing that was tried saves 5 % of the pod-seconds and stays as safe'] };
  const { measures } = best;
  const peak = `CPU of ready replicas peaks at ${Math.round(measures.peakPercent)} % of the request, with its own settings at ${Math.round(own.peakPercent)} %`;
  return { alternative: best, reasons: [enough, `this takes ${percent(measures.podSeconds, own.podSeconds)} pod-seconds and is short for no longer`, peak] };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** `18 % fewer`. */
function percent(value: number, base: number): string {
  const change = base === 0 ? 0 : Math.round((100 * (value - base)) / base);
  return change === 0 ? 'as many' : `${Math.abs(change)} % ${change < 0 ? 'fewer' : 'more'}`;
}
