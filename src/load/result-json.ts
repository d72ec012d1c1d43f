import type { EngineResult } from './engine.ts';
import { Histogram, type HistogramTransfer } from './histogram.ts';
import { receiveSinks, type SinkSetTransfer, type SinkTransfer } from './recorder.ts';
import type { Sink } from './sinks.ts';

/** A histogram as JSON. Of `values`, which are never negative, a number below 0 stands for that many zeros. */
type HistogramJson = Omit<HistogramTransfer, 'values'> & { readonly values: readonly number[] };

type SinkJson = Exclude<SinkTransfer, { readonly type: 'trend' }> | (Omit<Extract<SinkTransfer, { readonly type: 'trend' }>, 'samples'> & { readonly samples: HistogramJson });

/** What an engine measured, as JSON: what `resultFromJson` makes of it is equal to the last bit. */
export type EngineResultJson = Omit<EngineResult, 'metrics'> & { readonly metrics: readonly (readonly [name: string, sink: SinkJson])[] };

/** Throws TypeError for trends of another engine than ours, which are no histograms. */
export function resultToJson(result: EngineResult): EngineResultJson {
  return { ...result, metrics: Array.from(result.metrics, ([name, sink]): [string, SinkJson] => [name, sinkToJson(sink)]) };
}

/** What `resultToJson` was called on. */
export function resultFromJson(json: EngineResultJson): EngineResult {
  const transfer: SinkSetTransfer = json.metrics.map(([name, sink]): [string, SinkTransfer] => [
    name,
    sink.type === 'trend' ? { ...sink, samples: { ...sink.samples, values: expandZeros(sink.samples.values) } } : sink,
  ]);
  return { ...json, metrics: receiveSinks(transfer) };
}

function sinkToJson(sink: Sink): SinkJson {
  if (sink.type !== 'trend') return sink;
  if (!(sink.samples instanceof Histogram)) throw new TypeError('only histograms can be written as JSON');
  const transfer = sink.samples.toTransfer();
  return { ...sink, samples: { ...transfer, values: foldZeros(transfer.values) } };
}

function foldZeros(values: Float64Array): readonly number[] {
  const folded: number[] = [];
  let zeros = 0;
  for (const value of values) {
    if (value === 0) zeros += 1;
    else {
      if (zeros > 0) folded.push(-zeros);
      zeros = 0;
      folded.push(value);
    }
  }
  if (zeros > 0) folded.push(-zeros);
  return folded;
}

function expandZeros(folded: readonly number[]): Float64Array<ArrayBuffer> {
  const values = new Float64Array(folded.reduce((length, value) => length + (value < 0 ? -value : 1), 0));
  let at = 0;
  for (const value of folded) {
    if (value < 0) at -= value;
    else values[at++] = value;
  }
  return values;
}
