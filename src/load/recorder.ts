import { baseMetric, builtinMetrics } from './builtin-metrics.ts';
import { Histogram, type HistogramTransfer } from './histogram.ts';
import type { MetricContains, Sink, SinkSet } from './sinks.ts';

/** A counter under way. */
export interface CounterRecorder {
  count: number;
}

/** A rate under way: add one to `total` for each sample, and to `passes` for each that is true. */
export interface RateRecorder {
  passes: number;
  total: number;
}

/** A gauge under way. */
export interface GaugeRecorder {
  set(value: number): void;
}

class Gauge implements GaugeRecorder {
  value: number | undefined;
  min = Infinity;
  max = -Infinity;

  set(value: number): void {
    this.value = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }
}

/**
 * The metrics of a load test while it runs. An engine asks for each metric once and then writes to what it got, without a look-up.
 * Names are k6's; a submetric is one more metric, which the engine writes to itself.
 */
export class SinkRecorder {
  readonly #counters = new Map<string, CounterRecorder>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #rates = new Map<string, RateRecorder>();
  readonly #trends = new Map<string, Histogram>();

  counter(name: string): CounterRecorder {
    return getOrAdd(this.#counters, name, () => ({ count: 0 }));
  }

  gauge(name: string): GaugeRecorder {
    return getOrAdd(this.#gauges, name, () => new Gauge());
  }

  rate(name: string): RateRecorder {
    return getOrAdd(this.#rates, name, () => ({ passes: 0, total: 0 }));
  }

  trend(name: string): Histogram {
    return getOrAdd(this.#trends, name, () => new Histogram());
  }

  /**
   * What was recorded until now, without metrics that have no sample (for a counter: that never left 0).
   * Trends are the recorder's own, not copies.
   */
  sinks(): SinkSet<Histogram> {
    const sinks = new Map<string, Sink<Histogram>>();
    for (const [name, { count }] of this.#counters) {
      if (count !== 0) sinks.set(name, { type: 'counter', contains: containsOf(name), count });
    }
    for (const [name, { value, min, max }] of this.#gauges) {
      if (value !== undefined) sinks.set(name, { type: 'gauge', contains: containsOf(name), value, min, max });
    }
    for (const [name, { passes, total }] of this.#rates) {
      if (total > 0) sinks.set(name, { type: 'rate', contains: containsOf(name), passes, total });
    }
    for (const [name, samples] of this.#trends) {
      if (samples.count > 0) sinks.set(name, { type: 'trend', contains: containsOf(name), samples });
    }
    return sinks;
  }
}

/** A sink set as plain data for `postMessage`. */
export type SinkSetTransfer = readonly (readonly [name: string, sink: SinkTransfer])[];

/** A sink as plain data. */
export type SinkTransfer =
  | Exclude<Sink, { readonly type: 'trend' }>
  | { readonly type: 'trend'; readonly contains: MetricContains; readonly samples: HistogramTransfer };

/** A copy of a sink set as plain data, for a worker to send. */
export function transferSinks(sinks: SinkSet<Histogram>): SinkSetTransfer {
  return Array.from(sinks, ([name, sink]): [string, SinkTransfer] => [
    name,
    sink.type === 'trend' ? { ...sink, samples: sink.samples.toTransfer() } : sink,
  ]);
}

/** The sink set that `transferSinks` was called on. */
export function receiveSinks(transfer: SinkSetTransfer): SinkSet<Histogram> {
  return new Map(
    transfer.map(([name, sink]): [string, Sink<Histogram>] => [
      name,
      sink.type === 'trend' ? { ...sink, samples: Histogram.fromTransfer(sink.samples) } : sink,
    ]),
  );
}

function containsOf(name: string): MetricContains {
  return builtinMetrics.get(baseMetric(name))?.contains ?? 'default';
}

function getOrAdd<Value>(map: Map<string, Value>, name: string, create: () => Value): Value {
  const existing = map.get(name);
  if (existing !== undefined) return existing;
  const added = create();
  map.set(name, added);
  return added;
}
