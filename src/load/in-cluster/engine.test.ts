import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { type Clock, systemClock } from '../../tools/clock.ts';
import { EnvironmentError, ToolError, UsageError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { EngineResult, LoadProgress, LoadRequest } from '../engine.ts';
import { type JobReport, writeJobLine } from '../job-lines.ts';
import { buildProfile } from '../profile-builder.ts';
import { finishedTest } from '../summary.fixture.ts';
import { createFakeCluster, type FakeCluster, podName, podWith, runningPod, serviceOn } from './cluster.fixture.ts';
import { createInClusterEngine } from './engine.ts';

const request: LoadRequest = { profile: buildProfile({ vus: 4, durationMs: 10_000 }), url: 'http://price-api:8080', ids: ['P1'], resend: false, requestTimeoutMs: 60_000 };
const { result } = finishedTest();

function progress(requests: number): LoadProgress {
  return { elapsedMs: requests * 100, vus: 4, requests, failed: 1, requestsPerSecond: 10, p50Ms: 1, p95Ms: 2, p99Ms: 3, droppedIterations: 0 };
}

function line(report: JobReport): string {
  return writeJobLine(report).trimEnd();
}

const started = line({ type: 'started' });
const first = line({ type: 'progress', progress: progress(10) });
const second = line({ type: 'progress', progress: progress(20) });
const last = line({ type: 'result', result });

/** A log that tells these lines and ends, or goes on until it isn't wanted any more. */
function logOf(lines: readonly string[], then: 'ends' | 'goes on' | Error = 'ends') {
  return async function* log(signal: AbortSignal): AsyncGenerator<string> {
    yield* lines;
    if (then === 'goes on') await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (then instanceof Error) throw then;
  };
}

/** Runs a test on the cluster. */
function start(cluster: FakeCluster, options: { clock?: Clock; request?: LoadRequest; signal?: AbortSignal } = {}) {
  const told: number[] = [];
  const engine = createInClusterEngine({ service: serviceOn(cluster, options.clock ?? createFakeClock()), image: 'localhost/price-api:1' });
  const observer = { signal: options.signal ?? new AbortController().signal, onProgress: ({ requests }: LoadProgress) => void told.push(requests) };
  return { run: engine.start(options.request ?? request, observer), told };
}

function expectCleanedUp({ created, deleted }: FakeCluster): void {
  const [name = ''] = created.map(({ metadata }) => metadata.name);
  expect(deleted).toEqual(expect.arrayContaining([`jobs/${name}`, `configmaps/${name}`]));
}

test('makes a job of the image, follows its log, and deletes it', async () => {
  const cluster = createFakeCluster();
  cluster.pods = [podWith({ waiting: { reason: 'ContainerCreating' } }), runningPod];
  cluster.logs = [logOf([started, first, 'a word of Node', second, last], 'goes on')];
  const { run, told } = start(cluster);
  expect(await run.result).toEqual({ ...result, metrics: expect.any(Map), runners: [{ ...result.runners[0], name: podName }] });
  expect(told).toEqual([10, 20]);
  const [configMap, job] = cluster.created;
  expect(job).toMatchObject({ kind: 'Job', spec: { template: { spec: { containers: [{ image: 'localhost/price-api:1' }] } } } });
  const { binaryData }: { binaryData: Record<string, string> } = JSON.parse(JSON.stringify(configMap));
  expect(JSON.parse(gunzipSync(Buffer.from(binaryData['request.json.gz'] ?? '', 'base64')).toString())).toEqual(request);
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: job?.metadata.name, uid: 'uid of Job' };
  expect(cluster.patched).toEqual([[`configmaps/${job?.metadata.name}`, { metadata: { ownerReferences: [owner] } }]]);
  expectCleanedUp(cluster);
});

test('several workers of a pod are runners of their own', async () => {
  const cluster = createFakeCluster();
  const runners = [1, 2].map((worker) => ({ name: `worker-${worker}`, exitCode: 0, payload: 'received', requests: 1 }) as const);
  cluster.logs = [logOf([started, line({ type: 'result', result: { ...result, runners } })])];
  const { run } = start(cluster);
  expect((await run.result).runners.map(({ name }) => name)).toEqual([`${podName}/worker-1`, `${podName}/worker-2`]);
});

test('an abort ends the job, and what the pod measured until then still counts', async () => {
  const cluster = createFakeCluster();
  const controller = new AbortController();
  const ended = Promise.withResolvers<void>();
  cluster.onDelete = ended.resolve;
  cluster.logs = [
    async function* log() {
      yield* [started, first];
      await ended.promise;
      yield line({ type: 'result', result: { ...result, interrupted: true } });
    },
  ];
  const { run, told } = start(cluster, { clock: systemClock, signal: controller.signal });
  await vi.waitFor(() => expect(told).toEqual([10]));
  expect(cluster.deleted).toEqual([]);
  controller.abort(new Error('enough'));
  expect(await run.result).toMatchObject({ interrupted: true, runners: [{ name: podName, payload: 'received' }] });
  expectCleanedUp(cluster);
});

test('after an abort a pod that says nothing is not waited for for ever', async () => {
  const cluster = createFakeCluster();
  const controller = new AbortController();
  cluster.logs = [logOf([started, first], 'goes on')];
  const clock = createFakeClock();
  const { run, told } = start(cluster, { clock, signal: controller.signal });
  await vi.waitFor(() => expect(told).toEqual([10]));
  controller.abort(new Error('enough'));
  expect(await run.result).toMatchObject({ interrupted: true, runners: [{ payload: 'lost', requests: 10 }] });
  expect(clock.slept).toEqual([35_000]);
  expectCleanedUp(cluster);
});

test('an abort before the start makes nothing', async () => {
  const cluster = createFakeCluster();
  const { run } = start(cluster, { signal: AbortSignal.abort(new Error('enough')) });
  expect(await run.result).toMatchObject({ interrupted: true, runners: [], series: [], ms: 0 });
  expect(cluster.created).toEqual([]);
});

test('an abort while the pod starts is an interrupted test without numbers', async () => {
  const cluster = createFakeCluster();
  cluster.pods = [podWith({ waiting: { reason: 'ContainerCreating' } })];
  const controller = new AbortController();
  const { run } = start(cluster, { clock: systemClock, signal: controller.signal });
  await vi.waitFor(() => expect(cluster.patched).toHaveLength(1));
  controller.abort(new Error('enough'));
  expect(await run.result).toMatchObject({ interrupted: true, runners: [], series: [], ms: 0 });
  expectCleanedUp(cluster);
});

test.each<[string, readonly ((signal: AbortSignal) => AsyncIterable<string>)[]]>([
  ['fails', [logOf([started, first], new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'lost')), logOf([started, first, second, last])]],
  ['ends in the middle of a line', [logOf([started, first, second.slice(0, 40)]), logOf([started, first, second, last])]],
  ['ends before the result is written', [logOf([started, first]), logOf([started, first, second, last])]],
])('a log whose connection %s is read on, and nothing is told twice', async (_, logs) => {
  const cluster = createFakeCluster();
  cluster.logs = [...logs];
  const { run, told } = start(cluster);
  expect(await run.result).toMatchObject({ runners: [{ payload: 'received' }] });
  expect(told).toEqual([10, 20]);
});

test('a result that is written while the pod ends is found by one more look', async () => {
  const cluster = createFakeCluster();
  cluster.pods = [runningPod, podWith({ terminated: { exitCode: 0 } })];
  cluster.logs = [logOf([started, first]), logOf([started, first, last])];
  const { run } = start(cluster);
  expect((await run.result).runners).toMatchObject([{ payload: 'received' }]);
});

test.each<[string, object, object, Partial<EngineResult>]>([
  ['was killed', { terminated: { exitCode: 137, reason: 'OOMKilled' } }, {}, { runners: [{ name: podName, exitCode: 137, payload: 'lost', requests: 20 }] }],
  ['was evicted', { terminated: { exitCode: 0, reason: 'Error' } }, { phase: 'Failed', reason: 'Evicted', message: 'the node was low on memory' }, { runners: [{ name: podName, exitCode: 1, payload: 'lost', requests: 20 }] }],
])('a pod that %s is a lost runner', async (_, state, status, expected) => {
  const cluster = createFakeCluster();
  cluster.pods = [runningPod, podWith(state, status)];
  cluster.logs = [logOf([started, first, second]), logOf([started, first, second])];
  const { run } = start(cluster);
  const lost = await run.result;
  expect(lost).toMatchObject({ ...expected, interrupted: false, ms: 2_000 });
  expect(lost.series).toEqual([progress(10), progress(20)]);
  expect(lost.metrics.get('http_reqs')).toMatchObject({ count: 20 });
  expect(lost.metrics.get('http_req_failed')).toMatchObject({ passes: 1, total: 20 });
  expect(lost.warnings).toEqual([expect.stringMatching(/^price-api-load-\S+ ended without its result: exit code \d+, (OOMKilled|Evicted, the node)/)]);
  expectCleanedUp(cluster);
});

test('a pod that is gone is a lost runner', async () => {
  const cluster = createFakeCluster();
  cluster.logs = [logOf([started, first], new KubeApiError(404, 'NotFound', 'no such pod'))];
  const { run } = start(cluster);
  expect(await run.result).toMatchObject({ runners: [{ payload: 'lost' }] });
});

test('a cluster that stays away is waited for for half a minute', async () => {
  const cluster = createFakeCluster();
  const down = logOf([], new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'lost'));
  cluster.logs = [logOf([started, first], new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'lost')), ...Array.from({ length: 29 }, () => down)];
  const clock = createFakeClock();
  const { run } = start(cluster, { clock });
  expect(await run.result).toMatchObject({ runners: [{ payload: 'lost' }] });
  expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(30_000);
});

test('an image without a program that makes load is named, with what it said', async () => {
  const cluster = createFakeCluster();
  cluster.pods = [podWith({ terminated: { exitCode: 1, reason: 'Error' } })];
  cluster.logs = [logOf(["Error: Cannot find module '/app/load.js'"]), logOf([])];
  const { run } = start(cluster);
  await expect(run.result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_LOAD_IMAGE', message: expect.stringMatching(/localhost\/price-api:1 .*exit code 1\n.*Cannot find module/) }));
  expectCleanedUp(cluster);
});

test('a log that may not be read is the failure, not the image', async () => {
  const cluster = createFakeCluster();
  cluster.logs = [logOf([], new KubeApiError(403, 'Forbidden', 'cannot get resource "pods/log"'))];
  const { run } = start(cluster);
  await expect(run.result).rejects.toMatchObject({ status: 403, message: 'cannot get resource "pods/log"' });
  expectCleanedUp(cluster);
});

test('an image of another form of reports is named', async () => {
  const cluster = createFakeCluster();
  cluster.logs = [logOf(['{"type":"started","format":99}'])];
  const { run } = start(cluster);
  await expect(run.result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_LOAD_IMAGE' }));
  expectCleanedUp(cluster);
});

test('what the engine in the pod fails with, this one fails with', async () => {
  const cluster = createFakeCluster();
  cluster.logs = [logOf([started, line({ type: 'failed', error: new EnvironmentError('PRICECTL_E_UNREACHABLE', 'nobody answers', { hints: ['x'] }) })])];
  const { run } = start(cluster);
  await expect(run.result).rejects.toThrow(expect.objectContaining({ kind: 'environment', code: 'PRICECTL_E_UNREACHABLE', hints: ['x'] }));
  expectCleanedUp(cluster);
});

test('a job that can not be deleted is a warning', async () => {
  const cluster = createFakeCluster();
  cluster.logs = [logOf([started, last])];
  cluster.onDelete = () => {
    throw new ToolError('PRICECTL_E_KUBE_API', 'no');
  };
  const { run } = start(cluster);
  expect((await run.result).warnings).toEqual([expect.stringMatching(/^the job price-api-load-\w{5} may still be there: no$/)]);
});

test('a cluster that refuses the job keeps nothing of it', async () => {
  const cluster = createFakeCluster();
  cluster.refusedKind = 'Job';
  const { run } = start(cluster);
  await expect(run.result).rejects.toThrow('not you');
  expectCleanedUp(cluster);
});

test('profiles are fixed, and ids no more than a ConfigMap holds', async () => {
  const cluster = createFakeCluster();
  const scenario = { executor: 'ramping-arrival-rate', startRate: 1, stages: [], preAllocatedVus: 1, maxVus: 1, openEnded: true } as const;
  const { run } = start(cluster, { request: { ...request, profile: { ...request.profile, scenario } } });
  await expect(run.result).rejects.toThrow(TypeError);
  expect(() => run.extend([], true)).toThrow(TypeError);
  const ids = Array.from({ length: 300_000 }, (_, index) => `${Math.imul(index + 1, 0x9e3779b1) >>> 0}`);
  await expect(start(cluster, { request: { ...request, ids } }).run.result).rejects.toThrow(UsageError);
  expect(cluster.created).toEqual([]);
});
