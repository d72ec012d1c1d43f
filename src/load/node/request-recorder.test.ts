import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import { SinkRecorder } from '../recorder.ts';
import type { SinkSet } from '../sinks.ts';
import { Exchange } from './exchange.ts';
import { RequestRecorder } from './request-recorder.ts';

/** What one exchange is recorded as: the value of each metric, or of its single sample. */
function record(moments: Partial<Exchange>): Record<string, number> {
  const recorder = new SinkRecorder();
  const requests = new RequestRecorder(recorder, new Histogram());
  requests.recordRequest(Object.assign(new Exchange(), moments));
  expect(requests.interval.quantile(1)).toBe(recorder.trend('http_req_duration').max);
  return valuesOf(recorder.sinks());
}

function valuesOf(sinks: SinkSet): Record<string, number> {
  return Object.fromEntries(
    Array.from(sinks, ([name, sink]) => {
      if (sink.type === 'trend') return [name, sink.samples.count === 1 ? sink.samples.sum : Number.NaN];
      return [name, sink.type === 'rate' ? sink.passes / sink.total : sink.type === 'counter' ? sink.count : sink.value];
    }),
  );
}

const success = { wantedMs: 100, gotConnectionMs: 100, sendStartMs: 100, sentMs: 101, firstByteMs: 111, endMs: 114, status: 200 };

test('a request on a re-used connection', () => {
  expect(record(success)).toEqual({
    http_reqs: 1, http_req_failed: 0, checks: 1,
    http_req_duration: 14, 'http_req_duration{expected_response:true}': 14,
    http_req_sending: 1, http_req_waiting: 10, http_req_receiving: 3,
    http_req_blocked: 0, http_req_connecting: 0, http_req_tls_handshaking: 0,
  });
});

test('a request on a new connection: its making is blocked time, not duration', () => {
  const moments = { wantedMs: 40, connectStartMs: 45, connectedMs: 70, tlsStartMs: 71, tlsDoneMs: 100 };
  expect(record({ ...success, ...moments })).toMatchObject({
    http_req_duration: 14, http_req_sending: 1, http_req_blocked: 60, http_req_connecting: 25, http_req_tls_handshaking: 29,
  });
});

test('no connection: 0 ms and failed', () => {
  expect(record({ wantedMs: 100, connectStartMs: 100, endMs: 150, failure: 'ECONNREFUSED' })).toEqual({
    http_reqs: 1, http_req_failed: 1, checks: 0, http_req_duration: 0,
    http_req_sending: 0, http_req_waiting: 0, http_req_receiving: 0,
    http_req_blocked: 0, http_req_connecting: 0, http_req_tls_handshaking: 0,
  });
});

test('no response: its wait counts', () => {
  const values = record({ ...success, firstByteMs: 0, endMs: 501, status: 0, failure: 'timed out' });
  expect(values).toMatchObject({ http_req_failed: 1, http_req_duration: 401, http_req_waiting: 400, http_req_receiving: 0 });
  expect(values).not.toHaveProperty('http_req_duration{expected_response:true}');
});

test('sent twice: one request, counted from the first time', () => {
  expect(record({ ...success, wantedMs: 200, gotConnectionMs: 205, sentMs: 206, firstByteMs: 211, endMs: 214, isResent: true })).toMatchObject({
    http_reqs: 1, http_req_resent: 1, http_req_failed: 0, http_req_duration: 114, http_req_sending: 106, http_req_blocked: 5, http_req_connecting: 0,
  });
});

test.each([
  [200, 0, 1], [204, 0, 0], [304, 0, 0], [302, 0, 0], [399, 0, 0], [400, 1, 0], [404, 1, 0], [503, 1, 0], [101, 1, 0], [0, 1, 0],
])('status %i', (status, failed, check) => {
  expect(record({ ...success, status })).toMatchObject({ http_req_failed: failed, checks: check });
});

test('redirects and failures are counted by kind', () => {
  const requests = new RequestRecorder(new SinkRecorder(), new Histogram());
  for (const moments of [{ status: 302 }, { status: 304 }, { failure: 'a' }, { failure: 'b' }, { failure: 'a' }]) {
    requests.recordRequest(Object.assign(new Exchange(), moments));
  }
  expect([requests.redirects, [...requests.failures]]).toEqual([1, [['a', 2], ['b', 1]]]);
});
