import { expect, test } from 'vitest';
import { mergeSinks } from './merge-sinks.ts';
import { SinkRecorder, transferSinks } from './recorder.ts';

function recorded(requests: number, failed: number, vus: number, durations: readonly number[]) {
  const recorder = new SinkRecorder();
  recorder.counter('http_reqs').count = requests;
  recorder.rate('http_req_failed').total = requests;
  recorder.rate('http_req_failed').passes = failed;
  recorder.gauge('vus').set(vus);
  for (const duration of durations) recorder.trend('http_req_duration').record(duration);
  return recorder.sinks();
}

test('counters, rates and gauges add up and trends hold all samples', () => {
  const merged = mergeSinks(recorded(3, 1, 10, [1, 2, 3]), recorded(2, 0, 5, [4, 9]));
  expect(transferSinks(merged)).toEqual(transferSinks(recorded(5, 1, 15, [1, 2, 3, 4, 9])));
});

test('a metric of one side only is kept', () => {
  const merged = mergeSinks(recorded(0, 0, 1, []), recorded(2, 0, 5, [4, 9]));
  expect(merged.get('http_reqs')).toMatchObject({ count: 2 });
  expect(merged.get('http_req_duration')).toMatchObject({ samples: { count: 2 } });
});

test('neither side is changed', () => {
  const a = recorded(3, 1, 10, [1, 2, 3]);
  const before = transferSinks(a);
  mergeSinks(a, recorded(2, 0, 5, [4]));
  expect(transferSinks(a)).toEqual(before);
});

test('one name of two types is a bug', () => {
  const other = new SinkRecorder();
  other.rate('http_reqs').total = 1;
  expect(() => mergeSinks(recorded(1, 0, 1, []), other.sinks())).toThrow(TypeError);
});
