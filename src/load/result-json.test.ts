import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { SinkRecorder } from './recorder.ts';
import { resultFromJson, resultToJson } from './result-json.ts';
import type { SinkSet } from './sinks.ts';
import { finishedTest } from './summary.fixture.ts';

/** The metrics of a test with as many requests, of all four kinds and with numbers that have no short decimal form. */
function record(requests: number): SinkSet<Histogram> {
  const recorder = new SinkRecorder();
  for (let request = 0; request < requests; request += 1) {
    recorder.trend('http_req_duration').record(request % 7 === 0 ? 0 : 0.1 + (request % 997) / 3);
    recorder.trend('http_req_tls_handshaking').record(0);
  }
  recorder.counter('http_reqs').count = requests;
  Object.assign(recorder.rate('http_req_failed'), { passes: 1, total: requests });
  for (const vus of [1 / 3, 7, 2]) recorder.gauge('vus').set(vus);
  return recorder.sinks();
}

function overTheWire(metrics: SinkSet): SinkSet {
  return resultFromJson(JSON.parse(JSON.stringify(resultToJson(finishedTest({ metrics }).result)))).metrics;
}

/** All that can be asked of a metric set, and what its histograms are inside. */
function describe(metrics: SinkSet): unknown {
  return Array.from(metrics, ([name, sink]) => [name, sink.type === 'trend' && sink.samples instanceof Histogram ? { ...sink, samples: sink.samples.toTransfer() } : sink]);
}

test.each([1, 100, 4_096, 4_097, 100_000])('the metrics of %i requests come as they went', (requests) => {
  const metrics = record(requests);
  const received = overTheWire(metrics);
  expect(describe(received)).toEqual(describe(metrics));
  for (const name of ['http_req_duration', 'http_req_tls_handshaking']) {
    const [sent, came] = [metrics.get(name), received.get(name)];
    if (sent?.type !== 'trend' || came?.type !== 'trend') throw new Error('both are trends');
    for (const q of [0, 0.5, 0.95, 0.999, 1]) expect(came.samples.quantile(q)).toBe(sent.samples.quantile(q));
  }
});

test('what came can be merged and recorded on', () => {
  const received = overTheWire(record(5_000)).get('http_req_duration');
  const both = new Histogram();
  if (received?.type !== 'trend' || !(received.samples instanceof Histogram)) throw new Error('it is a histogram');
  both.merge(received.samples);
  both.merge(received.samples);
  received.samples.record(1e6);
  expect(both.count).toBe(10_000);
  expect(received.samples.max).toBe(1e6);
});

test('all else of a result comes as it went', () => {
  const { result } = finishedTest({ warnings: ['a', 'b'], percentiles: { method: 'histogram', relativeError: 2 ** -11 }, ms: 1 / 3 });
  const { metrics, ...rest } = resultFromJson(JSON.parse(JSON.stringify(resultToJson(result))));
  expect({ ...rest, metrics: describe(metrics) }).toEqual({ ...result, metrics: describe(result.metrics) });
});

test('many zeros are one number', () => {
  const { metrics } = resultToJson(finishedTest({ metrics: record(100) }).result);
  expect(new Map(metrics).get('http_req_tls_handshaking')).toMatchObject({ samples: { count: 100, values: [-100] } });
});

test('a load of many requests is some ten kilobytes of JSON', () => {
  const { result } = finishedTest({ metrics: record(100_000) });
  expect(JSON.stringify(resultToJson(result)).length).toBeLessThan(20_000);
});

test('trends of another engine are no histograms', () => {
  const samples = { count: 1, min: 1, max: 1, sum: 1, quantile: () => 1 };
  const { result } = finishedTest({ metrics: new Map([['x', { type: 'trend', contains: 'time', samples }]]) });
  expect(() => resultToJson(result)).toThrow(TypeError);
});
