import { Histogram } from './histogram.ts';
import type { Sink, SinkSet } from './sinks.ts';

/**
 * The metrics of two generators that worked at the same time on one test. Counters and rates add up and trends hold the samples
 * of both. Gauges count what each generator has (virtual users), so they add up too; the sum of two maxima is an upper bound.
 * Neither set is changed. Throws TypeError when a name is not of one type in both.
 */
export function mergeSinks(a: SinkSet<Histogram>, b: SinkSet<Histogram>): SinkSet<Histogram> {
  const merged = new Map(a);
  for (const [name, sink] of b) {
    const existing = merged.get(name);
    merged.set(name, existing === undefined ? sink : mergeSink(name, existing, sink));
  }
  return merged;
}

function mergeSink(name: string, a: Sink<Histogram>, b: Sink<Histogram>): Sink<Histogram> {
  if (a.type === 'counter' && b.type === 'counter') return { ...a, count: a.count + b.count };
  if (a.type === 'rate' && b.type === 'rate') return { ...a, passes: a.passes + b.passes, total: a.total + b.total };
  if (a.type === 'gauge' && b.type === 'gauge') {
    return { ...a, value: a.value + b.value, min: a.min + b.min, max: a.max + b.max };
  }
  if (a.type === 'trend' && b.type === 'trend') {
    const samples = new Histogram();
    samples.merge(a.samples);
    samples.merge(b.samples);
    return { ...a, samples };
  }
  throw new TypeError(`${name} is a ${a.type} in one set and a ${b.type} in the other`);
}
