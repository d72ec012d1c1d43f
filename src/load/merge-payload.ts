import type { MetricContains } from './sinks.ts';

/** One metric of one k6 process, as its own `handleSummary` data have it. */
export type PayloadMetric =
  | { readonly type: 'counter'; readonly contains: MetricContains; readonly count: number }
  | { readonly type: 'gauge'; readonly contains: MetricContains; readonly value: number; readonly min: number; readonly max: number }
  | { readonly type: 'rate'; readonly contains: MetricContains; readonly passes: number; readonly fails: number }
  | {
      readonly type: 'trend';
      readonly contains: MetricContains;
      readonly count: number;
      readonly min: number;
      readonly max: number;
      readonly avg: number;
      /** Values at the points of the quantile grid (`quantileGrid`), in its order. */
      readonly grid: readonly number[];
    };

/** All that one k6 process measured: what its summary sends out, once, as numbered lines with length and checksum. */
export interface RunnerPayload {
  /** Format; a reader refuses any other. */
  readonly v: 1;
  /** End of the test on the runner's clock, in milliseconds since the epoch. */
  readonly endedAtMs: number;
  /** k6's `state.testRunDurationMs`: setup, teardown and graceful stop included. */
  readonly durationMs: number;
  /** By k6's names; a submetric is `name{tag:value}`. A metric without samples is absent. */
  readonly metrics: Readonly<Record<string, PayloadMetric>>;
  /** Checks by their path (`::group::name`), k6's root group without a name. */
  readonly checks: readonly { readonly path: string; readonly name: string; readonly passes: number; readonly fails: number }[];
  /** Thresholds of the script's options: expressions by metric or submetric. Nobody has judged them yet. */
  readonly thresholds: Readonly<Record<string, readonly string[]>>;
}
