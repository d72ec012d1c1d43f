import type { SinkSet } from './sinks.ts';

/** How the samples of a trend are spread: its quantile function at fixed points. */
export interface Distribution {
  /** The trend: `http_req_duration`. */
  readonly metric: string;
  /** Samples. */
  readonly count: number;
  /** Pairs of a quantile 0 .. 1 and its value (milliseconds for a metric of time), both rising, from the minimum to the maximum. */
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

/** Parts that the quantiles 0 .. 1 are divided into. */
const steps = 400;

/** Beyond the even steps: where the slowest requests are. */
const tail = [0.999, 0.9995, 0.9999, 0.99995, 0.99999];

const points = [...Array.from({ length: steps }, (_, step) => step / steps), ...tail, 1];

/**
 * The spread of a trend, from histograms and from merged grids alike; null without samples. Points that hide between two samples are left out.
 */
export function distributionOf(sinks: SinkSet, metric: string): Distribution | null {
  const sink = sinks.get(metric);
  if (sink?.type !== 'trend' || sink.samples.count === 0) return null;
  const { count } = sink.samples;
  const visible = points.filter((quantile) => quantile === 1 || quantile <= 1 - 1 / count);
  return { metric, count, quantiles: visible.map((quantile) => [quantile, sink.samples.quantile(quantile)]) };
}

/** The value at a quantile 0 .. 1, between two points by a straight line. */
export function quantileOf({ quantiles }: Distribution, quantile: number): number {
  return interpolate(quantiles, quantile);
}

/** The share 0 .. 1 of samples that are at most a value. */
export function shareUpTo({ quantiles }: Distribution, value: number): number {
  const last = quantiles.findLast(([, at]) => at <= value);
  if (last === undefined) return 0;
  const next = quantiles.find(([, at]) => at > value);
  return next === undefined ? 1 : interpolate([swap(last), swap(next)], value);
}

function swap([a, b]: readonly [number, number]): readonly [number, number] {
  return [b, a];
}

function interpolate(rising: readonly (readonly [number, number])[], x: number): number {
  const [toX, toY] = rising.find(([at]) => at >= x) ?? rising.at(-1) ?? [0, 0];
  const [fromX, fromY] = rising.findLast(([at]) => at <= x) ?? [toX, toY];
  return toX === fromX ? toY : fromY + ((toY - fromY) * (x - fromX)) / (toX - fromX);
}
