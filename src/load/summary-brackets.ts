import type { Percentiles } from './engine.ts';
import { MergedTrend } from './merge-trend.ts';
import type { Profile } from './profile.ts';
import type { SinkSet } from './sinks.ts';
import { parseExpression } from './threshold-parser.ts';

/** Between which values a percentile of all runners' samples lies. */
export interface PercentileBracket {
  readonly metric: string;
  /** As in the metric's `values` and in thresholds: `med`, `p(95)`. */
  readonly percentile: string;
  /** What was computed, and what thresholds are judged by. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** By how much the rank of `value` may be off at most, as a share of the samples. */
  readonly rankError: number;
}

/** How percentiles were made; of those that are merged from several runners, their brackets as well. */
export type PercentileSummary =
  | Exclude<Percentiles, { readonly method: 'grid' }>
  | (Extract<Percentiles, { readonly method: 'grid' }> & { readonly brackets: readonly PercentileBracket[] });

const shownPercentiles: readonly (readonly [name: string, percent: number])[] = [
  ['med', 50],
  ['p(90)', 90],
  ['p(95)', 95],
  ['p(99)', 99],
];

/** Brackets of the percentiles that a summary has and of those that thresholds ask for. */
export function summarisePercentiles(percentiles: Percentiles, sinks: SinkSet, thresholds: Profile['thresholds']): PercentileSummary {
  if (percentiles.method !== 'grid') return percentiles;
  const brackets = Array.from(sinks, ([metric, sink]) =>
    sink.type === 'trend' && sink.samples instanceof MergedTrend ? bracketsOf(metric, sink.samples, thresholds[metric] ?? []) : [],
  );
  return { ...percentiles, brackets: brackets.flat() };
}

function bracketsOf(metric: string, samples: MergedTrend, expressions: readonly string[]): readonly PercentileBracket[] {
  const asked = new Map([...shownPercentiles, ...expressions.flatMap((expression) => percentileOf(metric, expression))]);
  return Array.from(asked, ([percentile, percent]) => ({
    metric,
    percentile,
    value: samples.quantile(percent / 100),
    ...samples.bracket(percent / 100),
  }));
}

function percentileOf(metric: string, expression: string): readonly (readonly [name: string, percent: number])[] {
  const { percentile } = parseExpression(expression, `${metric}:${expression}`);
  return percentile === null ? [] : [[`p(${percentile})`, percentile]];
}
