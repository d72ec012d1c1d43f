import { type MetricContains, type MetricType, perSecond, type Sink, type SinkSet, type TrendSamples } from './sinks.ts';
import type { ThresholdResult } from './thresholds.ts';

/** One metric of k6's handleSummary data. */
export interface MetricSummary {
  readonly type: MetricType;
  readonly contains: MetricContains;
  /**
   * Counter: `count` and `rate` (a second). Gauge: `value`, `min`, `max`. Rate: `rate` (0 .. 1), `passes`, `fails`.
   * Trend: `count`, `avg`, `min`, `med`, `max`, `p(90)`, `p(95)`, `p(99)`.
   */
  readonly values: Readonly<Record<string, number>>;
  /** Thresholds on this metric by their expression; absent without any. */
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** All metrics of a test of `ms` milliseconds in the shape of k6's handleSummary data. */
export function summariseMetrics(
  sinks: SinkSet,
  thresholds: readonly ThresholdResult[],
  ms: number,
): Readonly<Record<string, MetricSummary>> {
  return Object.fromEntries(
    Array.from(sinks, ([name, sink]): [string, MetricSummary] => {
      const own = thresholds.filter(({ metric }) => metric === name).map(({ expression, ok }) => [expression, { ok }] as const);
      const summary = { type: sink.type, contains: sink.contains, values: valuesOf(sink, ms) };
      return [name, own.length === 0 ? summary : { ...summary, thresholds: Object.fromEntries(own) }];
    }),
  );
}

function valuesOf(sink: Sink, ms: number): Record<string, number> {
  switch (sink.type) {
    case 'counter':
      return { count: sink.count, rate: perSecond(sink.count, ms) };
    case 'gauge':
      return { value: sink.value, min: sink.min, max: sink.max };
    case 'rate':
      return { rate: sink.passes / sink.total, passes: sink.passes, fails: sink.total - sink.passes };
    case 'trend':
      return trendValues(sink.samples);
  }
}

function trendValues(samples: TrendSamples): Record<string, number> {
  return {
    count: samples.count,
    avg: samples.sum / samples.count,
    min: samples.min,
    med: samples.quantile(0.5),
    max: samples.max,
    'p(90)': samples.quantile(0.9),
    'p(95)': samples.quantile(0.95),
    'p(99)': samples.quantile(0.99),
  };
}
