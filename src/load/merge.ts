import type { EngineResult } from './engine.ts';
import type { PayloadMetric, RunnerPayload } from './merge-payload.ts';
import { uniteThresholds } from './merge-thresholds.ts';
import { MergedTrend } from './merge-trend.ts';
import type { Profile } from './profile.ts';
import { perSecond, type Sink, type SinkSet } from './sinks.ts';

/** What all runners of one test measured together. */
export interface MergedRunners {
  readonly metrics: SinkSet;
  /** Of one path each; the name has its groups before it: `basket::status is 200`. */
  readonly checks: EngineResult['checks'];
  /** When the first runner began, in milliseconds since the epoch by its own clock. */
  readonly startedAtMs: number;
  /** From there to the end of the last one: the divisor of all rates. */
  readonly ms: number;
  readonly percentiles: EngineResult['percentiles'];
  /** Of the scripts' options, united: expressions by metric or submetric. */
  readonly thresholds: Profile['thresholds'];
  /** What limits the worth of the numbers, in words. */
  readonly warnings: readonly string[];
}

/** Skew of the runners' times that is said. */
const tellSkewMs = 1_000;

type TypedMetric<Type extends PayloadMetric['type']> = Extract<PayloadMetric, { readonly type: Type }>;

/**
 * Makes one result of the payloads of all runners. Counts, rates, minima, maxima, averages and checks are exact; percentiles are those of the pooled
 * samples as far as the grids tell (`MergedTrend`). A metric that a runner doesn't have has no samples there.
 */
export function mergeRunners(payloads: readonly RunnerPayload[]): MergedRunners {
  const starts = payloads.map(({ endedAtMs, durationMs }) => endedAtMs - durationMs);
  const ends = payloads.map(({ endedAtMs }) => endedAtMs);
  const startedAtMs = payloads.length === 0 ? 0 : Math.min(...starts);
  const ms = payloads.length === 0 ? 0 : Math.max(...ends) - startedAtMs;
  const { metrics, warnings } = mergeMetrics(payloads);
  return {
    metrics,
    checks: mergeChecks(payloads),
    startedAtMs,
    ms,
    percentiles: percentilesOf(metrics),
    thresholds: uniteThresholds(payloads.map(({ thresholds }) => thresholds)),
    warnings: [...warnings, ...skewWarnings(payloads, ms)],
  };
}

function mergeMetrics(payloads: readonly RunnerPayload[]): { readonly metrics: SinkSet; readonly warnings: readonly string[] } {
  // Of a gauge the last value counts, so that of the runner that ended last.
  const byEnd = payloads.toSorted((a, b) => a.endedAtMs - b.endedAtMs);
  const named = Map.groupBy(byEnd.flatMap(({ metrics }) => Object.entries(metrics)), ([name]) => name);
  const metrics = new Map<string, Sink>();
  const warnings: string[] = [];
  for (const [name, entries] of named) {
    const { sink, others } = mergeMetric(name, entries.map(([, metric]) => metric));
    if (sink !== undefined) metrics.set(name, sink);
    if (others > 0) warnings.push(`${name} is of another type on ${others === 1 ? 'one runner' : `${others} runners`}, whose samples are left out`);
  }
  return { metrics, warnings };
}

/** The metric of all runners; undefined without samples. `others` is how many have another type than the first. */
function mergeMetric(name: string, metrics: readonly PayloadMetric[]): { readonly sink: Sink | undefined; readonly others: number } {
  const type = metrics[0]?.type;
  switch (type) {
    case undefined:
      return { sink: undefined, others: 0 };
    case 'counter':
      return merged(metrics, type, (counters) => ({ ...counters[0], count: sumOf(counters, ({ count }) => count) }));
    case 'gauge':
      return merged(metrics, type, (gauges) => (/^vus(_max)?(\{|$)/.test(name) ? addedGauge(gauges) : lastGauge(gauges)));
    case 'rate':
      return merged(metrics, type, mergeRates);
    case 'trend':
      return merged(metrics, type, mergeTrends);
  }
}

type AtLeastOne<Value> = readonly [Value, ...Value[]];

function merged<Type extends PayloadMetric['type']>(
  metrics: readonly PayloadMetric[],
  type: Type,
  merge: (same: AtLeastOne<TypedMetric<Type>>) => Sink | undefined,
): { readonly sink: Sink | undefined; readonly others: number } {
  const [first, ...rest] = metrics.filter((metric): metric is TypedMetric<Type> => metric.type === type);
  if (first === undefined) return { sink: undefined, others: 0 };
  return { sink: merge([first, ...rest]), others: metrics.length - rest.length - 1 };
}

/** What each runner has its own part of: the sum of the maxima is an upper bound, as runners needn't have theirs at one time. */
function addedGauge(gauges: AtLeastOne<TypedMetric<'gauge'>>): Sink {
  return {
    ...gauges[0],
    value: sumOf(gauges, ({ value }) => value),
    min: sumOf(gauges, ({ min }) => min),
    max: sumOf(gauges, ({ max }) => max),
  };
}

function lastGauge(gauges: AtLeastOne<TypedMetric<'gauge'>>): Sink {
  const { value } = gauges.at(-1) ?? gauges[0];
  return { ...gauges[0], value, min: Math.min(...gauges.map(({ min }) => min)), max: Math.max(...gauges.map(({ max }) => max)) };
}

function mergeRates(rates: AtLeastOne<TypedMetric<'rate'>>): Sink | undefined {
  const passes = sumOf(rates, ({ passes }) => passes);
  const total = passes + sumOf(rates, ({ fails }) => fails);
  return total === 0 ? undefined : { type: 'rate', contains: rates[0].contains, passes, total };
}

function mergeTrends(trends: AtLeastOne<TypedMetric<'trend'>>): Sink | undefined {
  const used = trends.filter(({ count }) => count > 0);
  return used.length === 0 ? undefined : { type: 'trend', contains: trends[0].contains, samples: new MergedTrend(used) };
}

function mergeChecks(payloads: readonly RunnerPayload[]): EngineResult['checks'] {
  const byPath = Map.groupBy(payloads.flatMap(({ checks }) => checks), ({ path }) => path);
  return Array.from(byPath, ([path, checks]) => ({
    name: path.replace(/^::/, ''),
    passes: sumOf(checks, ({ passes }) => passes),
    fails: sumOf(checks, ({ fails }) => fails),
  }));
}

function percentilesOf(metrics: SinkSet): EngineResult['percentiles'] {
  const errors = Array.from(metrics.values(), (sink) => (sink.type === 'trend' && sink.samples instanceof MergedTrend ? sink.samples.rankError : 0));
  const rankError = Math.max(0, ...errors);
  return rankError === 0 ? { method: 'exact', relativeError: 0 } : { method: 'grid', rankError };
}

/** Of runners that had work: others end as soon as they begin. */
function skewWarnings(payloads: readonly RunnerPayload[], ms: number): readonly string[] {
  const busy = payloads
    .map(({ metrics, durationMs, endedAtMs }) => ({ count: countOf(metrics['http_reqs']), durationMs, endedAtMs, startedAtMs: endedAtMs - durationMs }))
    .filter(({ count }) => count > 0);
  const skewMs = Math.max(spreadOf(busy.map(({ startedAtMs }) => startedAtMs)), spreadOf(busy.map(({ endedAtMs }) => endedAtMs)));
  if (skewMs <= tellSkewMs) return [];
  const whole = perSecond(sumOf(busy, ({ count }) => count), ms);
  const own = sumOf(busy, ({ count, durationMs }) => perSecond(count, durationMs));
  return [
    `the runners did not begin and end together, or their clocks differ, by ${inSeconds(skewMs)} s: ` +
      `http_reqs is ${inUnits(whole)}/s over all ${inSeconds(ms)} s, and ${inUnits(own)}/s as the sum of the runners' own rates`,
  ];
}

function spreadOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}

function countOf(metric: PayloadMetric | undefined): number {
  return metric?.type === 'counter' ? metric.count : 0;
}

function inSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function inUnits(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function sumOf<Value>(values: readonly Value[], read: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + read(value), 0);
}
