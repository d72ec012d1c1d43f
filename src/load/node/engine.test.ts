import { once } from 'node:events';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EnvironmentError, UsageError } from '../../tools/errors.ts';
import type { EngineResult, LoadProgress, LoadRequest, LoadRun } from '../engine.ts';
import { bucketRelativeError, exactSamples } from '../histogram.ts';
import type { Scenario } from '../profile.ts';
import { createNodeEngine } from './engine.ts';
import { okResponse, type RawServer, startRawServer } from './raw-server.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

interface StartOptions {
  readonly workers?: number;
  readonly thinkTimeMs?: number;
  readonly gracefulStopMs?: number;
  readonly request?: Partial<LoadRequest>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

function start(url: string, scenario: Scenario, options: StartOptions = {}): LoadRun {
  const { workers = 1, thinkTimeMs = 0, gracefulStopMs = 30_000, signal = new AbortController().signal, onProgress = () => {} } = options;
  const profile = { name: 'custom', scenario, thinkTimeMs, thresholds: {}, gracefulStopMs };
  const request = { profile, url, ids: ['P1', 'P2', 'P3'], resend: true, requestTimeoutMs: 10_000, ...options.request };
  return createNodeEngine({ workers }).start(request, { signal, onProgress });
}

const constantVus = (vus: number, durationMs: number): Scenario => ({ executor: 'constant-vus', vus, durationMs });

/** Has a virtual user for each start, so that none is dropped however slow the machine is. */
const arrivals = (rate: number, durationMs: number, vus = (rate * durationMs) / 1_000 + 1): Scenario => ({
  executor: 'constant-arrival-rate', rate, durationMs, preAllocatedVus: vus, maxVus: vus,
});

function valueOf(result: EngineResult, name: string): number {
  const sink = result.metrics.get(name);
  if (sink === undefined) return 0;
  return sink.type === 'trend' ? sink.samples.count : sink.type === 'rate' ? sink.passes : sink.type === 'counter' ? sink.count : sink.value;
}

function trendOf(result: EngineResult, name: string): { readonly min: number; readonly max: number } {
  const sink = result.metrics.get(name);
  if (sink?.type !== 'trend') throw new Error(`${name} is no trend`);
  return sink.samples;
}

const answering = (): Promise<RawServer> => startRawServer(({ socket }) => socket.write(okResponse));

/** The server has one connection more: that of the check before the start. */
const loadConnections = (server: RawServer): number => server.connections - 1;

test('counts what the server counts, with all metrics, and leaves no connection', async () => {
  const server = await answering();
  const { metrics, ...result } = await start(server.url, constantVus(3, 1_050)).result;
  expect(server.requests.length).toBeGreaterThan(3);
  expect([...metrics.keys()].toSorted()).toEqual([
    'checks', 'data_received', 'data_sent', 'http_req_blocked', 'http_req_connecting', 'http_req_duration', 'http_req_duration{expected_response:true}',
    'http_req_failed', 'http_req_receiving', 'http_req_sending', 'http_req_tls_handshaking', 'http_req_waiting', 'http_reqs',
    'iteration_duration', 'iterations', 'vus', 'vus_max',
  ]);
  const count = server.requests.length;
  expect(metrics.get('http_reqs')).toEqual({ type: 'counter', contains: 'default', count });
  expect(metrics.get('iterations')).toEqual({ type: 'counter', contains: 'default', count });
  expect(metrics.get('http_req_failed')).toEqual({ type: 'rate', contains: 'default', passes: 0, total: count });
  expect(metrics.get('checks')).toEqual({ type: 'rate', contains: 'default', passes: count, total: count });
  expect(metrics.get('data_sent')).toEqual({ type: 'counter', contains: 'data', count: server.receivedBytes });
  expect(metrics.get('data_received')).toEqual({ type: 'counter', contains: 'data', count: count * okResponse.length });
  expect(metrics.get('http_req_duration')).toMatchObject({ type: 'trend', contains: 'time', samples: { count } });
  expect(metrics.get('vus')).toEqual({ type: 'gauge', contains: 'default', value: 3, min: 3, max: 3 });
  expect(metrics.get('vus_max')).toEqual({ type: 'gauge', contains: 'default', value: 3, min: 3, max: 3 });
  expect(result.checks).toEqual([{ name: 'status was 200', passes: count, fails: 0 }]);
  expect(result.runners).toEqual([{ name: 'worker-1', exitCode: 0, payload: 'received', requests: count }]);
  expect(result.interrupted).toBe(false);
  expect(result.ms).toBeGreaterThanOrEqual(1_050);
  expect(result.percentiles).toEqual(
    count <= exactSamples ? { method: 'exact', relativeError: 0 } : { method: 'histogram', relativeError: bucketRelativeError },
  );
  expect(loadConnections(server)).toBe(3);
  await vi.waitFor(() => expect(server.openConnections).toBe(0));
});

test('tells its progress, which is the series', async () => {
  const server = await answering();
  const seen: LoadProgress[] = [];
  const result = await start(server.url, constantVus(1, 2_600), { thinkTimeMs: 20, onProgress: (progress) => seen.push(progress) }).result;
  expect(seen).toEqual(result.series);
  expect(seen[0]).toMatchObject({ vus: 1, failed: 0, droppedIterations: 0 });
  expect(seen[0]?.elapsedMs).toBeGreaterThanOrEqual(1_000);
  expect(seen[0]?.p50Ms).toBeGreaterThan(0);
  for (const key of ['elapsedMs', 'requests'] as const) {
    const values = seen.map((progress) => progress[key]);
    expect(values).toEqual([...new Set(values)].toSorted((a, b) => a - b));
  }
});

describe('several workers', () => {
  test('share virtual users and starts without loss, and take the ids in turn', async () => {
    const server = await answering();
    const result = await start(server.url, arrivals(200, 600), { workers: 3 }).result;
    expect([server.requests.length, valueOf(result, 'http_reqs'), valueOf(result, 'iterations')]).toEqual([121, 121, 121]);
    const asked = ['P1', 'P2', 'P3'].map((id) => server.requests.filter((text) => text.includes(`=${id} `)).length);
    expect(asked).toEqual([41, 40, 40]);
    expect(result.runners.map(({ name, requests }) => [name, requests])).toEqual([['worker-1', 41], ['worker-2', 40], ['worker-3', 40]]);
    expect(loadConnections(server)).toBe(121);
  });

  test('are no more than there are virtual users', async () => {
    const server = await answering();
    const result = await start(server.url, constantVus(2, 100), { workers: 5 }).result;
    expect(result.runners).toHaveLength(2);
    expect(loadConnections(server)).toBe(2);
  });
});

test('an open-ended ramp goes on until it is given its end', async () => {
  const server = await answering();
  const scenario: Scenario = { executor: 'ramping-arrival-rate', startRate: 200, stages: [], preAllocatedVus: 5, maxVus: 5, openEnded: true };
  const run = start(server.url, scenario, { workers: 2 });
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(20), { timeout: 10_000 });
  run.extend([{ durationMs: 0, target: 500 }, { durationMs: 100, target: 500 }], false);
  const before = server.requests.length;
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(before + 100), { timeout: 10_000 });
  run.extend([{ durationMs: 100, target: 0 }], true);
  const result = await run.result;
  expect(valueOf(result, 'http_reqs')).toBe(server.requests.length);
  expect(result.interrupted).toBe(false);
  expect(() => run.extend([], true)).toThrow(TypeError);
});

test('stages that are added before the start count too, and only for an open-ended ramp', async () => {
  const server = await answering();
  const scenario: Scenario = {
    executor: 'ramping-arrival-rate', startRate: 100, stages: [{ durationMs: 100, target: 100 }], preAllocatedVus: 30, maxVus: 30, openEnded: true,
  };
  const run = start(server.url, scenario);
  run.extend([{ durationMs: 200, target: 100 }], true);
  expect(valueOf(await run.result, 'http_reqs')).toBe(30);
  const closed = start(server.url, { ...scenario, openEnded: false });
  expect(() => closed.extend([], true)).toThrow(TypeError);
  expect(valueOf(await closed.result, 'http_reqs')).toBe(10);
});

test('iterations that find no free virtual user are dropped, and it says so', async () => {
  const server = await startRawServer(({ socket }) => setTimeout(() => socket.write(okResponse), 50));
  const result = await start(server.url, arrivals(100, 300, 1)).result;
  expect(valueOf(result, 'iterations') + valueOf(result, 'dropped_iterations')).toBe(31);
  expect(valueOf(result, 'dropped_iterations')).toBeGreaterThan(0);
  expect(valueOf(result, 'http_reqs')).toBe(server.requests.length);
  expect(result.warnings.join()).toContain('dropped');
});

test('a duration lies between what the server took and what passed outside', async () => {
  const took: number[] = [];
  const server = await startRawServer(({ socket }) => {
    const askedMs = performance.now();
    setTimeout(() => {
      took.push(performance.now() - askedMs);
      socket.write(okResponse);
    }, 30);
  });
  const startMs = performance.now();
  const result = await start(server.url, constantVus(1, 200)).result;
  const duration = trendOf(result, 'http_req_duration');
  expect(duration.min).toBeGreaterThanOrEqual(Math.min(...took));
  expect(duration.max).toBeGreaterThanOrEqual(Math.max(...took));
  expect(duration.max).toBeLessThan(performance.now() - startMs);
});

test('thinking is part of the iteration, not of the request', async () => {
  const server = await answering();
  const result = await start(server.url, constantVus(1, 150), { thinkTimeMs: 60 }).result;
  expect(trendOf(result, 'iteration_duration').min).toBeGreaterThanOrEqual(59);
  expect(trendOf(result, 'http_req_duration').min).toBeLessThan(trendOf(result, 'iteration_duration').min - 50);
  expect(valueOf(result, 'iterations')).toBe(server.requests.length);
});

describe('a service that misbehaves', () => {
  test('answers 500', async () => {
    const server = await startRawServer(({ socket }) => socket.write('HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'));
    const result = await start(server.url, arrivals(100, 100)).result;
    expect([valueOf(result, 'http_reqs'), valueOf(result, 'http_req_failed'), valueOf(result, 'checks')]).toEqual([11, 11, 0]);
    expect(result.checks).toEqual([{ name: 'status was 200', passes: 0, fails: 11 }]);
    expect(result.metrics.has('http_req_duration{expected_response:true}')).toBe(false);
  });

  test('never answers: failed with the time that was waited', async () => {
    const server = await startRawServer(() => {});
    const result = await start(server.url, arrivals(100, 50), { request: { requestTimeoutMs: 80 } }).result;
    expect([valueOf(result, 'http_reqs'), valueOf(result, 'http_req_failed')]).toEqual([6, 6]);
    expect(trendOf(result, 'iteration_duration').min).toBeGreaterThanOrEqual(80);
    expect(trendOf(result, 'http_req_waiting').max).toBeGreaterThan(0);
    expect(result.warnings.join()).toContain('6 timed out');
    expect(server.requests).toHaveLength(6);
  });

  test('resets in the middle of a response', async () => {
    let resets = 0;
    const server = await startRawServer(({ socket, number }) => {
      if (number % 5 !== 0) {
        socket.write(okResponse);
        return;
      }
      resets++;
      socket.write(okResponse.slice(0, 20), () => setImmediate(() => socket.resetAndDestroy()));
    });
    const result = await start(server.url, constantVus(2, 300)).result;
    expect(resets).toBeGreaterThan(0);
    expect(valueOf(result, 'http_req_failed')).toBe(resets);
    expect([valueOf(result, 'http_reqs'), valueOf(result, 'http_req_resent')]).toEqual([server.requests.length, 0]);
  });

  test.each([true, false])('ends used connections instead of answering, resend: %s', async (resend) => {
    let swallowed = 0;
    const server = await startRawServer(({ socket, onConnection }) => {
      if (onConnection === 4) {
        swallowed++;
        socket.destroy();
      } else socket.write(okResponse);
    });
    const result = await start(server.url, constantVus(2, 300), { request: { resend } }).result;
    const resent = resend ? swallowed : 0;
    expect(swallowed).toBeGreaterThan(0);
    expect([valueOf(result, 'http_req_failed'), valueOf(result, 'http_req_resent')]).toEqual([swallowed - resent, resent]);
    expect(valueOf(result, 'http_reqs')).toBe(server.requests.length - resent);
  });
});

describe('ending early', () => {
  test('the signal stops it at once, with what was measured', async () => {
    const server = await answering();
    const controller = new AbortController();
    const run = start(server.url, constantVus(4, 60_000), { workers: 2, thinkTimeMs: 5, signal: controller.signal });
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(20), { timeout: 10_000 });
    controller.abort(new Error('enough'));
    const result = await run.result;
    expect(result.interrupted).toBe(true);
    expect(valueOf(result, 'http_reqs')).toBeGreaterThan(0);
    expect(valueOf(result, 'http_reqs')).toBeLessThanOrEqual(server.requests.length);
    expect(result.runners.map(({ payload, exitCode }) => [payload, exitCode])).toEqual([['received', 0], ['received', 0]]);
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });

  test('what is in flight then is not counted', async () => {
    const server = await startRawServer(() => {});
    const controller = new AbortController();
    const run = start(server.url, constantVus(2, 60_000), { signal: controller.signal });
    await vi.waitFor(() => expect(server.requests).toHaveLength(2), { timeout: 10_000 });
    controller.abort();
    const result = await run.result;
    expect([result.interrupted, result.metrics.size - Number(result.metrics.has('vus')) - Number(result.metrics.has('vus_max'))]).toEqual([true, 1]);
    expect(result.metrics.get('data_sent')).toMatchObject({ count: server.receivedBytes });
  });

  test('a signal that is aborted already makes no load', async () => {
    const server = await answering();
    const result = await start(server.url, constantVus(1, 60_000), { signal: AbortSignal.abort() }).result;
    expect([result.interrupted, result.metrics.size, result.series, server.requests]).toEqual([true, 0, [], []]);
  });

  test('iterations that outlive the graceful stop are interrupted and not counted', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 1) socket.write(okResponse);
    });
    const result = await start(server.url, arrivals(10, 100, 2), { gracefulStopMs: 50 }).result;
    expect([valueOf(result, 'http_reqs'), valueOf(result, 'iterations'), result.interrupted]).toEqual([1, 1, false]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a URL that is no good', () => {
  test('nobody answers', async () => {
    const run = start('http://127.0.0.1:1', constantVus(1, 100));
    await expect(run.result).rejects.toThrow(EnvironmentError);
    await expect(run.result).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE' });
  });

  test('no TLS is spoken', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('no')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const run = start(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, constantVus(1, 100));
    await expect(run.result).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE' });
  });

  test('is not one', async () => {
    await expect(start('prices', constantVus(1, 100)).result).rejects.toThrow(UsageError);
  });
});
