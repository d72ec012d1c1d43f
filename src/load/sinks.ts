/** What a metric's values are: a plain number, milliseconds, or bytes. */
export type MetricContains = 'default' | 'time' | 'data';

/** All samples of a trend metric, reduced as far as the engine says in `EngineResult.percentiles`. */
export interface TrendSamples {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** Value at a quantile 0 .. 1, k6's definition: linear interpolation at q * (count - 1). 0 without samples. */
  quantile(q: number): number;
}

/** Everything that was recorded of one metric; k6's four kinds (k6: metrics/sink.go). */
export type Sink<Samples extends TrendSamples = TrendSamples> =
  | { readonly type: 'counter'; readonly contains: MetricContains; readonly count: number }
  | { readonly type: 'gauge'; readonly contains: MetricContains; readonly value: number; readonly min: number; readonly max: number }
  | { readonly type: 'rate'; readonly contains: MetricContains; readonly passes: number; readonly total: number }
  | { readonly type: 'trend'; readonly contains: MetricContains; readonly samples: Samples };

/** k6's four kinds of metrics. */
export type MetricType = Sink['type'];

/** Metrics by k6's names; a submetric is `name{tag:value}`. A metric without samples is absent. */
export type SinkSet<Samples extends TrendSamples = TrendSamples> = ReadonlyMap<string, Sink<Samples>>;

/** A counter's rate over a whole test of `ms` milliseconds; 0 for a test that took no time. */
export function perSecond(count: number, ms: number): number {
  return ms > 0 ? count / (ms / 1_000) : 0;
}
