import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { EngineResult, LoadRequest } from '../engine.ts';
import { NodeLoadRun } from './load-run.ts';
import { okResponse, startRawServer } from './raw-server.fixture.ts';

const realWorker = new URL('worker.ts', import.meta.url);

const requestTo = (url: string): LoadRequest => ({
  profile: { name: 'custom', scenario: { executor: 'constant-vus', vus: 3, durationMs: 200 }, thinkTimeMs: 5, thresholds: {}, gracefulStopMs: 1_000 },
  url,
  ids: ['P1'],
  resend: true,
  requestTimeoutMs: 1_000,
});

/** Runs 3 virtual users on 3 workers, of which the second has the given code. */
async function runWithOdd(code: string): Promise<EngineResult> {
  const server = await startRawServer(({ socket }) => socket.write(okResponse));
  const observer = { signal: new AbortController().signal, onProgress: () => {} };
  const result = await new NodeLoadRun(requestTo(server.url), observer, 3, (plan) =>
    plan.slot.index === 1 ? new Worker(code, { eval: true }) : new Worker(realWorker, { workerData: plan }),
  ).run();
  expect(result.metrics.get('http_reqs')).toMatchObject({ count: server.requests.length });
  return result;
}

const throwOnStart = `
  const { parentPort } = require('node:worker_threads');
  parentPort.postMessage({ type: 'ready' });
  parentPort.on('message', () => { throw new Error('bad luck'); });
`;

test.each([
  ['throws before the start', "throw new Error('no luck')", 1, 'no luck'],
  ['exits before the start', 'process.exit(3)', 3, 'exit code 3'],
  ['exits with 0, but without a result', 'process.exit(0)', 1, 'exit code 0'],
  ['throws after the start', throwOnStart, 1, 'bad luck'],
])('a worker that %s is lost, the others count', async (_, code, exitCode, problem) => {
  const result = await runWithOdd(code);
  expect(result.runners).toMatchObject([
    { name: 'worker-1', exitCode: 0, payload: 'received' },
    { name: 'worker-2', exitCode, payload: 'lost', requests: 0 },
    { name: 'worker-3', exitCode: 0, payload: 'received' },
  ]);
  expect(result.warnings).toContain(`worker-2 died (${problem}): what it measured, 0 requests at least, is missing`);
  expect(result.interrupted).toBe(false);
  expect(result.ms).toBeGreaterThanOrEqual(200);
});

test('a signal that comes while workers start ends them before they make load', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse));
  const controller = new AbortController();
  const request = requestTo(server.url);
  const run = new NodeLoadRun(
    { ...request, profile: { ...request.profile, scenario: { executor: 'constant-vus', vus: 3, durationMs: 60_000 } } },
    { signal: controller.signal, onProgress: () => {} },
    1,
    (plan) => {
      controller.abort();
      return new Worker(realWorker, { workerData: plan });
    },
  );
  const result = await run.run();
  expect([result.interrupted, result.runners[0]?.payload]).toEqual([true, 'received']);
});
