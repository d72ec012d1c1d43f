import { expect, test } from 'vitest';
import type { HttpAnswer, HttpClient, HttpOptions } from '../../tools/http.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import { createRestApi, readCounts, readStatus } from './rest-api.ts';

const status = (attributes: object) => ({ data: { type: 'status', id: 'default', attributes } });
const metric = (id: string, sample: object) => ({ type: 'metrics', id, attributes: { type: 'counter', contains: 'default', tainted: null, sample } });

/** A server that answers, or doesn't. */
function client(answer: Partial<HttpAnswer> | Error): { readonly http: HttpClient; readonly sent: (HttpOptions & { readonly url: string })[] } {
  const sent: (HttpOptions & { readonly url: string })[] = [];
  const request: HttpClient['request'] = async (url, options) => {
    sent.push({ ...options, url });
    if (answer instanceof Error) throw answer;
    return { status: 200, headers: {}, body: '', ...answer };
  };
  return { http: { request }, sent };
}

test('a process is ready when it pauses before the run', () => {
  expect(readStatus(status({ status: 4, paused: true, vus: 0, 'vus-max': 3 }))).toEqual({ vus: 0, isReady: true });
  expect(readStatus(status({ status: 1, paused: true, vus: 0, 'vus-max': 1 }))).toEqual({ vus: 0, isReady: false });
  expect(readStatus(status({ status: 7, paused: false, vus: 3, 'vus-max': 3 }))).toEqual({ vus: 3, isReady: false });
});

test('failures are counted from the rate of requests', () => {
  const data = [metric('http_reqs', { count: 300, rate: 10 }), metric('http_req_failed', { rate: 0.009999999999999998 }), metric('dropped_iterations', { count: 2, rate: 1 })];
  expect(readCounts({ data })).toEqual({ requests: 300, failed: 3, droppedIterations: 2 });
});

test('a metric without samples is 0, and an answer of somebody else is none', () => {
  expect(readCounts({ data: [] })).toEqual({ requests: 0, failed: 0, droppedIterations: 0 });
  for (const other of ['ok', { data: {} }, null]) expect(readCounts(other)).toBeUndefined();
  expect(readStatus({ data: { attributes: {} } })).toBeUndefined();
});

test('who does not answer is no failure', async () => {
  const { http } = client(new EnvironmentError('PRICECTL_E_UNREACHABLE', 'refused'));
  const api = createRestApi(http, 'http://127.0.0.1:1');
  const signal = new AbortController().signal;
  expect(await api.status(signal)).toBeUndefined();
  expect(await api.counts(signal)).toBeUndefined();
  expect(await api.tell({ stopped: true })).toBe(false);
});

test('a command is a PATCH of the status', async () => {
  const { http, sent } = client({ status: 200 });
  expect(await createRestApi(http, 'http://127.0.0.1:6565').tell({ paused: false })).toBe(true);
  expect(sent).toMatchObject([{ url: 'http://127.0.0.1:6565/v1/status', method: 'PATCH' }]);
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ data: { type: 'status', id: 'default', attributes: { paused: false } } });
  expect(await createRestApi(client({ status: 500 }).http, 'http://127.0.0.1:1').tell({ paused: false })).toBe(false);
});
