import { expect, test } from 'vitest';
import { receiveSinks, SinkRecorder, transferSinks } from './recorder.ts';

test('metrics without samples are absent', () => {
  const recorder = new SinkRecorder();
  recorder.counter('http_reqs');
  recorder.gauge('vus');
  recorder.rate('checks');
  recorder.trend('http_req_duration');
  expect(recorder.sinks().size).toBe(0);
});

test('keeps each kind as k6 does and knows what its values are', () => {
  const recorder = new SinkRecorder();
  recorder.counter('data_sent').count += 700;
  recorder.counter('mine').count += 2;
  recorder.rate('checks').total += 3;
  recorder.rate('checks').passes += 2;
  const vus = recorder.gauge('vus');
  for (const value of [4, 9, 2]) vus.set(value);
  recorder.trend('http_req_duration{expected_response:true}').record(12);
  const sinks = recorder.sinks();
  expect(sinks.get('data_sent')).toEqual({ type: 'counter', contains: 'data', count: 700 });
  expect(sinks.get('mine')).toEqual({ type: 'counter', contains: 'default', count: 2 });
  expect(sinks.get('checks')).toEqual({ type: 'rate', contains: 'default', passes: 2, total: 3 });
  expect(sinks.get('vus')).toEqual({ type: 'gauge', contains: 'default', value: 2, min: 2, max: 9 });
  expect(sinks.get('http_req_duration{expected_response:true}')).toMatchObject({ type: 'trend', contains: 'time', samples: { count: 1, max: 12 } });
});

test('a gauge that was set to 0 has a sample', () => {
  const recorder = new SinkRecorder();
  recorder.gauge('vus').set(0);
  expect(recorder.sinks().get('vus')).toEqual({ type: 'gauge', contains: 'default', value: 0, min: 0, max: 0 });
});

test('sinks survive the way to another thread', () => {
  const recorder = new SinkRecorder();
  recorder.counter('http_reqs').count = 5_000;
  recorder.gauge('vus').set(3);
  recorder.rate('http_req_failed').total = 5_000;
  for (let index = 0; index < 5_000; index++) recorder.trend('http_req_duration').record(index);
  const received = receiveSinks(structuredClone(transferSinks(recorder.sinks())));
  expect(transferSinks(received)).toEqual(transferSinks(recorder.sinks()));
});
