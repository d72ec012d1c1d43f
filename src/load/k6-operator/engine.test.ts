import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import type { EngineResult, LoadProgress, LoadRequest } from '../engine.ts';
import { buildProfile } from '../profile-builder.ts';
import { createFakeOperatorCluster, endedPod, type FakeOperatorCluster, type Moment, payloadLines, podOf, sampleLines, samplesOf } from './cluster.fixture.ts';
import { createK6OperatorEngine } from './engine.ts';
import type { K6OperatorOptions } from './run.ts';

const request: LoadRequest = { profile: buildProfile({ vus: 4, durationMs: 10_000 }), url: 'http://price-api:8080', ids: ['P1'], resend: true, requestTimeoutMs: 60_000 };
const script = { files: new Map([['main.js', 'export default function () {}']]), env: { WHAT: 'a$(b)' }, maxVus: 4, isOwn: false };
const requirements = JSON.stringify({ maxVUs: 4, totalDuration: '40s' });

/** A test of two runners: tried until 1 s, made until 2 s, begun at 3 s, over at 13 s. */
function goodMoment(ms: number): Moment {
  if (ms < 1_000) return { stage: 'initialization', pods: [podOf('%-initializer', { running: {} })] };
  const initializer = endedPod('%-initializer', 0);
  if (ms < 2_000) return { stage: 'initialized', pods: [initializer] };
  const pods = [1, 2].map((runner) => (ms < 13_000 ? podOf(`%-${runner}`, { running: {} }) : endedPod(`%-${runner}`, 0)));
  return { stage: ms < 3_000 ? 'created' : ms < 13_000 ? 'started' : 'finished', pods: [initializer, ...pods] };
}

function createCluster(): FakeOperatorCluster & { readonly clock: ReturnType<typeof createFakeClock> } {
  const clock = createFakeClock();
  const cluster = createFakeOperatorCluster(() => clock.now());
  cluster.moment = goodMoment;
  cluster.rest = (runner, ms) => ({ paused: ms < 3_000, vus: 2, requests: Math.max(0, Math.round((ms - 3_000) / 100)) * runner, failed: ms < 3_100 ? 0 : 1 });
  cluster.logs.set('-initializer', [requirements]);
  cluster.logs.set('-1', ['2026-11-25T19:00:00.1Z a word of k6', ...payloadLines(100)]);
  cluster.logs.set('-2', payloadLines(200));
  return Object.assign(cluster, { clock });
}

interface Outcome {
  readonly result: EngineResult | undefined;
  readonly error: unknown;
  readonly progress: readonly LoadProgress[];
  readonly notices: readonly string[];
}

/** Runs a test to its end. */
async function run(cluster: ReturnType<typeof createCluster>, { request: asked = request, signal = new AbortController().signal, ...options }: Partial<K6OperatorOptions> & { readonly request?: LoadRequest; readonly signal?: AbortSignal } = {}): Promise<Outcome> {
  const notices: string[] = [];
  const progress: LoadProgress[] = [];
  const engine = createK6OperatorEngine({
    service: { identity: { target: 'kube', context: 'fake', namespace: 'pricectl', name: 'price-api' }, api: async () => cluster.api, http: { request: async () => expect.unreachable() }, clock: cluster.clock },
    script,
    parallelism: 2,
    keep: false,
    bundle: undefined,
    samplesFolder: undefined,
    confirmInstall: async () => expect.unreachable(),
    onNotice: (text) => void notices.push(text),
    ...options,
  });
  const started = engine.start(asked, { signal, onProgress: (now) => void progress.push(now) });
  const [result, error] = await started.result.then(
    (value) => [value, undefined] as const,
    (reason: unknown) => [undefined, reason] as const,
  );
  return { result, error, progress, notices };
}

function expectCleanedUp({ created, deleted }: FakeOperatorCluster): void {
  const name = created[0]?.metadata.name;
  expect(deleted).toEqual(expect.arrayContaining([`testruns/${name}`, `configmaps/${name}`]));
}

test('all runners make one result', async () => {
  const cluster = createCluster();
  cluster.servicePods = [podOf('price-api-1', {})];
  const { result, progress, error } = await run(cluster);
  expect(error).toBeUndefined();
  const name = cluster.created[1]?.metadata.name;
  expect(result).toMatchObject({
    interrupted: false,
    runners: [
      { name: `${name}-1`, exitCode: 0, payload: 'received', requests: 100, reason: null },
      { name: `${name}-2`, exitCode: 0, payload: 'received', requests: 200, reason: null },
    ],
    warnings: ['all runners share nodes with the service (node-1): they take CPU from each other'],
  });
  expect(result?.metrics.get('http_reqs')).toMatchObject({ count: 300 });
  expect(progress.at(-1)).toMatchObject({ vus: 4, failed: 2, p50Ms: null, p95Ms: null, p99Ms: null });
  expect(progress.at(-1)?.requests).toBeGreaterThan(200);
  expect(progress.at(-1)?.requestsPerSecond).toBeCloseTo(30, 0);
  expectCleanedUp(cluster);
});

test('a clock that is set back meanwhile changes no duration', async () => {
  const cluster = createCluster();
  const { clock } = cluster;
  const setBack = Object.assign(cluster, { clock: { ...clock, now: () => clock.monotonicMs() - (clock.monotonicMs() > 5_000 ? 3_600_000 : 0) } });
  const { result, progress } = await run(setBack);
  expect(result?.ms).toBeGreaterThanOrEqual(10_000);
  expect(progress.map(({ elapsedMs }) => elapsedMs).filter((ms) => ms < 0)).toEqual([]);
});

test('the ConfigMap has the script and belongs to the TestRun', async () => {
  const cluster = createCluster();
  await run(cluster);
  const [configMap, testRun] = cluster.created;
  expect(configMap).toMatchObject({ kind: 'ConfigMap', data: { 'main.js': 'export default function () {}' } });
  expect(testRun).toMatchObject({ kind: 'TestRun', spec: { parallelism: 2, args: ['--no-thresholds', '--no-usage-report', '--no-color'], script: { configMap: { name: configMap?.metadata.name, file: 'main.js' } } } });
  expect(cluster.patched[0]).toEqual([expect.stringMatching(/\/configmaps\//), { metadata: { ownerReferences: [expect.objectContaining({ kind: 'TestRun', uid: 'uid of TestRun' })] } }]);
});

test('what is to be kept is not deleted, and said', async () => {
  const cluster = createCluster();
  const { notices } = await run(cluster, { keep: true });
  expect(cluster.deleted).toEqual([]);
  expect(notices).toEqual([expect.stringMatching(/kept: kubectl .*get testrun/)]);
});

test('an operator before 1.6 gets its arguments as one text', async () => {
  const cluster = createCluster();
  cluster.definition = undefined;
  const find = cluster.api.find.bind(cluster.api);
  // oxlint-disable-next-line typescript/no-explicit-any -- as the API has it
  const discover = async (path: string, signal: AbortSignal): Promise<any> => (path === '/apis/k6.io/v1alpha1' ? { resources: [{ name: 'testruns' }] } : path.includes('customresource') ? Promise.reject(new (await import('../../tools/kube-api.ts')).KubeApiError(403, 'Forbidden', 'no')) : find(path, signal));
  Object.assign(cluster.api, { find: discover });
  const { error } = await run(cluster);
  expect(error).toBeUndefined();
  expect(cluster.created[1]).toMatchObject({ spec: { arguments: '--no-thresholds --no-usage-report --no-color' } });
});

test('an open-ended profile is not for runners', async () => {
  const cluster = createCluster();
  const engine = createK6OperatorEngine({ service: { identity: { target: 'kube', context: 'fake', namespace: 'pricectl', name: 'price-api' }, api: async () => cluster.api, http: { request: async () => expect.unreachable() }, clock: cluster.clock }, script, parallelism: 1, keep: false, bundle: undefined, samplesFolder: undefined, confirmInstall: async () => false, onNotice: () => {} });
  const open = { ...request, profile: { ...request.profile, scenario: { executor: 'ramping-arrival-rate', startRate: 1, stages: [], preAllocatedVus: 4, maxVus: 4, openEnded: true } as const } };
  await expect(engine.start(open, { signal: new AbortController().signal, onProgress: () => {} }).result).rejects.toThrow(TypeError);
  expect(cluster.created).toEqual([]);
});

test('more runners than VUs are refused before anything is made', async () => {
  const cluster = createCluster();
  const { error } = await run(cluster, { parallelism: 50 });
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(/^50 runners are more than the 4 virtual users/) });
  expect(cluster.created).toEqual([]);
});

test('of a script whose VUs only k6 knows, the initializer tells that they are too few', async () => {
  const cluster = createCluster();
  cluster.moment = () => ({ stage: 'error', pods: [endedPod('%-initializer', 0)] });
  const { error } = await run(cluster, { parallelism: 5, script: { ...script, maxVus: null } });
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(/^5 runners are more than the 4 virtual users/) });
  expectCleanedUp(cluster);
});

test('a script that k6 refuses is named with its error', async () => {
  const cluster = createCluster();
  cluster.moment = () => ({ stage: 'initialization', pods: [endedPod('%-initializer', 1)] });
  cluster.logs.set('-initializer', ['time="x" level=info msg="hello"', 'time="x" level=error msg="SyntaxError: file:///test/price.js: Unexpected token (1:5)\\n  more" hint="script exception"']);
  const { error } = await run(cluster);
  expect(error).toMatchObject({ kind: 'usage', code: 'PRICECTL_E_SCRIPT', message: "k6 can't run the script: SyntaxError: price.js: Unexpected token (1:5)" });
  expectCleanedUp(cluster);
});

test.each<[string, Moment, object]>([
  ['was killed', { stage: 'error', pods: [endedPod('%-initializer', 137, 'OOMKilled')] }, { code: 'PRICECTL_E_K6_OPERATOR', message: expect.stringMatching(/initializer, which tries the script, failed: OOMKilled/) }],
  ['was not made', { stage: 'error', pods: [] }, { code: 'PRICECTL_E_K6_OPERATOR', message: expect.stringMatching(/refuses the TestRun/) }],
  ['has an image that is not there', { stage: 'initialization', pods: [podOf('%-initializer', { waiting: { reason: 'ErrImageNeverPull' } }, { phase: 'Pending' })] }, { code: 'PRICECTL_E_LOAD_POD', message: expect.stringMatching(/image grafana\/k6:2.2.0 isn't on the node/) }],
])('an initializer that %s is a failure of a tool', async (_, moment, expected) => {
  const cluster = createCluster();
  cluster.moment = () => moment;
  const { error } = await run(cluster);
  expect(error).toMatchObject({ kind: 'tool', ...expected });
  expectCleanedUp(cluster);
});

test.each<[Moment['stage'], number, RegExp]>([
  ['', 30_000, /^k6-operator has not taken up the test \(stage none\) after 30 s: k6-operator: it is ready, but/],
  ['initialization', 180_000, /^the script has not been tried \(stage initialization\) after 180 s/],
  ['initialized', 60_000, /^the runners have not been made \(stage initialized\) after 60 s/],
])('a test that stays in stage "%s" is given up after %i ms, with a diagnosis', async (stage, ms, message) => {
  const cluster = createCluster();
  cluster.moment = () => ({ stage, pods: [] });
  const { error } = await run(cluster);
  expect(error).toMatchObject({ kind: 'timeout', message: expect.stringMatching(message) });
  expect(cluster.clock.now()).toBe(ms);
  expectCleanedUp(cluster);
});

test('an operator that went away meanwhile is named', async () => {
  const cluster = createCluster();
  cluster.moment = (ms) => {
    if (ms > 1_000) cluster.deployments = [deploymentWithoutPods];
    return { stage: '', pods: [] };
  };
  const { error } = await run(cluster);
  expect(error).toMatchObject({ kind: 'timeout', message: expect.stringMatching(/its Deployment k6-operator-controller-manager in namespace k6-operator-system has no pod/) });
});

const deploymentWithoutPods = { metadata: { name: 'k6-operator-controller-manager', namespace: 'k6-operator-system' }, spec: { template: { spec: { containers: [] } } } };

test('a Job of somebody else with the name of a runner is named at once', async () => {
  const cluster = createCluster();
  cluster.standingJob = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', ownerReferences: [{ kind: 'TestRun', name: 'x', uid: 'another' }] } };
  const { error } = await run(cluster);
  expect(error).toMatchObject({ code: 'PRICECTL_E_K6_OPERATOR', message: expect.stringMatching(/^there is a Job price-api-k6-\w+-1 of somebody else already/) });
  expect(cluster.clock.now()).toBeLessThan(2_000);
});

test("the runner's own Job is no collision", async () => {
  const cluster = createCluster();
  cluster.standingJob = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', ownerReferences: [{ kind: 'TestRun', name: 'x', uid: 'uid of TestRun' }] } };
  expect((await run(cluster)).error).toBeUndefined();
});

test.each<[string, Partial<FakeOperatorCluster>, ReturnType<typeof podOf>, RegExp]>([
  ['finds no room', {}, podOf('%-2', {}, { phase: 'Pending', containerStatuses: [], conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.', lastTransitionTime: new Date(0).toISOString() }] }), /-2 finds no room: 0\/1 nodes are available: 1 Insufficient cpu/],
  ['has no image', {}, podOf('%-2', { waiting: { reason: 'ImagePullBackOff', message: 'not found' } }, { phase: 'Pending' }), /-2 image grafana\/k6:2.2.0 can't be pulled: not found/],
  ['is refused', { events: [{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'x' }, involvedObject: { kind: 'Job', name: '%-2' }, reason: 'FailedCreate', message: 'exceeded quota' }] }, podOf('%-3', {}, { phase: 'Pending' }), /refuses a pod of price-api-k6-\w+-2: exceeded quota/],
])('a runner that %s is named', async (_, changes, pod, message) => {
  const cluster = createCluster();
  Object.assign(cluster, changes);
  cluster.moment = (ms) => (ms < 2_000 ? goodMoment(ms) : { stage: 'created', pods: [podOf('%-1', { running: {} }), pod] });
  const { error } = await run(cluster);
  expect(error).toMatchObject({ code: 'PRICECTL_E_LOAD_POD', message: expect.stringMatching(message) });
  expectCleanedUp(cluster);
});

test('a runner whose k6 ends before the start is named with its error', async () => {
  const cluster = createCluster();
  cluster.moment = (ms) => (ms < 2_000 ? goodMoment(ms) : { stage: 'created', pods: [endedPod('%-1', 104), podOf('%-2', { running: {} })] });
  cluster.logs.set('-1', ['time="x" level=error msg="bad options"']);
  const { error } = await run(cluster);
  expect(error).toMatchObject({ code: 'PRICECTL_E_SCRIPT', message: "k6 can't run the script: the options of the script are invalid: bad options" });
});

test.each<[Moment['stage'], number, RegExp]>([
  ['started', 20, /starter did not start them; pricectl started them$/],
  ['created', 45, /k6-operator finds no way to the runners \(a NetworkPolicy\?\); pricectl started them$/],
])('runners that stay paused in stage %s are started after %i s', async (stage, seconds, message) => {
  const cluster = createCluster();
  const begunMs = () => (cluster.patched.length > 1 ? 0 : Infinity);
  cluster.moment = (ms) => (ms < 2_000 ? goodMoment(ms) : begunMs() < ms && ms > 90_000 ? { ...goodMoment(20_000), stage } : { ...goodMoment(2_500), stage });
  cluster.rest = () => ({ paused: true });
  const { result, notices } = await run(cluster);
  const unpaused = cluster.patched.filter(([path]) => path.includes(':6565/proxy/v1/status'));
  expect(unpaused.map(([, patch]) => patch)).toEqual([1, 2].map(() => ({ data: { type: 'status', id: 'default', attributes: { paused: false, stopped: false } } })));
  expect(notices).toEqual([expect.stringMatching(message)]);
  expect(notices[0]).toMatch(new RegExp(`2 of 2 runners stayed paused for ${seconds} s`));
  expect(result?.warnings).toEqual(expect.arrayContaining([...notices]));
});

test('where nobody may ask the runners, the operator is believed, and the result is whole', async () => {
  const cluster = createCluster();
  cluster.rest = () => null;
  const { result, error } = await run(cluster);
  expect(error).toBeUndefined();
  expect(result?.metrics.get('http_reqs')).toMatchObject({ count: 300 });
  expect(result?.warnings).toEqual([expect.stringMatching(/^the right to pods\/proxy is missing/)]);
});

test('runners that may not be told to stop are not waited for', async () => {
  const cluster = createCluster();
  const controller = new AbortController();
  cluster.rest = () => null;
  cluster.moment = (ms) => {
    if (ms > 6_000) controller.abort(new Error('enough'));
    return goodMoment(Math.min(ms, 12_000));
  };
  cluster.logs.clear();
  const { result } = await run(cluster, { signal: controller.signal });
  expect(result).toMatchObject({ interrupted: true, runners: [{ payload: 'lost' }, { payload: 'lost' }] });
  expect(result?.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/-1 could not be told to stop/)]));
  expect(cluster.clock.now()).toBeLessThan(100_000);
  expectCleanedUp(cluster);
});

test.each<[string, ReturnType<typeof podOf> | undefined, object]>([
  ['was killed', endedPod('%-2', 137, 'OOMKilled'), { exitCode: 137, reason: 'OOMKilled' }],
  ['was evicted', endedPod('%-2', 1, 'Error', { reason: 'Evicted', message: 'low on memory', containerStatuses: [] }), { exitCode: 1, reason: 'Evicted: low on memory' }],
  ['was evicted when k6 had ended', endedPod('%-2', 0, 'Completed', { phase: 'Failed', reason: 'Evicted' }), { exitCode: 1, reason: 'Evicted' }],
  ['was deleted', undefined, { exitCode: 1, reason: 'its pod was deleted' }],
  ['wrote no summary', endedPod('%-2', 0), { exitCode: 1, reason: 'it told nothing of what it measured' }],
])('a runner that %s is lost, and the others count', async (_, pod, runner) => {
  const cluster = createCluster();
  cluster.moment = (ms) => (ms < 8_000 ? goodMoment(ms) : { stage: 'started', pods: [...goodMoment(ms).pods.slice(0, 2), ...(pod === undefined ? [] : [pod])] });
  cluster.logs.set('-2', ['something else']);
  const { result } = await run(cluster);
  expect(result).toMatchObject({ interrupted: false, runners: [{ payload: 'received', requests: 100 }, { payload: 'lost', ...runner }] });
  expect(result?.runners[1]?.requests).toBeGreaterThan(50);
  expect(result?.metrics.get('http_reqs')).toMatchObject({ count: 100 });
});

test('a log that broke off is read once more as a whole', async () => {
  const cluster = createCluster();
  cluster.areStreamsWhole = false;
  const { result } = await run(cluster);
  expect(result?.runners).toMatchObject([{ payload: 'received' }, { payload: 'received' }]);
});

test('a runner that has ended has no users any more, and its requests still count', async () => {
  const cluster = createCluster();
  cluster.moment = (ms) => (ms < 8_000 ? goodMoment(ms) : { stage: 'started', pods: [...goodMoment(ms).pods.slice(0, 2), endedPod('%-2', 0)] });
  const { progress } = await run(cluster);
  const last = progress.at(-1);
  expect(last?.vus).toBe(2);
  expect(last?.requests).toBeGreaterThan(100);
});

test('a result that is cut off is lost, and it is said how', async () => {
  const cluster = createCluster();
  cluster.logs.set('-2', payloadLines(200).slice(0, 2));
  const { result } = await run(cluster);
  expect(result?.runners[1]).toMatchObject({ payload: 'lost', exitCode: 1, reason: expect.stringMatching(/^its result is cut off/) });
});

test('a runner that failed with its result is named with its error', async () => {
  const cluster = createCluster();
  cluster.moment = (ms) => (ms < 13_000 ? goodMoment(ms) : { stage: 'finished', pods: [endedPod('%-1', 0), endedPod('%-2', 107)] });
  cluster.logs.set('-2', ['time="x" level=error msg="teardown goes wrong"', ...payloadLines(200)]);
  const { result } = await run(cluster);
  expect(result?.runners[1]).toMatchObject({ exitCode: 107, payload: 'received', reason: 'the script failed: teardown goes wrong' });
});

test('an abort stops all runners, and what they measured counts', async () => {
  const cluster = createCluster();
  const controller = new AbortController();
  cluster.moment = (ms) => {
    if (ms > 6_000) controller.abort(new Error('enough'));
    const isStopped = cluster.patched.length > 2;
    return isStopped ? { stage: 'finished', pods: [endedPod('%-1', 103), endedPod('%-2', 103)] } : goodMoment(Math.min(ms, 12_000));
  };
  const { result } = await run(cluster, { signal: controller.signal });
  expect(cluster.patched.slice(1).map(([, patch]) => patch)).toEqual([1, 2].map(() => ({ data: { type: 'status', id: 'default', attributes: { stopped: true } } })));
  expect(result).toMatchObject({ interrupted: true, runners: [{ exitCode: 103, payload: 'received' }, { exitCode: 103, payload: 'received' }], warnings: [] });
  expect(result?.metrics.get('http_reqs')).toMatchObject({ count: 300 });
  expectCleanedUp(cluster);
});

test('runners that do not stop are given up', async () => {
  const cluster = createCluster();
  const controller = new AbortController();
  cluster.moment = (ms) => {
    if (ms > 6_000) controller.abort(new Error('enough'));
    return goodMoment(Math.min(ms, 12_000));
  };
  cluster.logs.clear();
  const { result } = await run(cluster, { signal: controller.signal });
  expect(result).toMatchObject({ interrupted: true, runners: [{ payload: 'lost', reason: 'it did not end' }, { payload: 'lost' }] });
  expectCleanedUp(cluster);
});

test('runners that go on for too long are stopped, which is said', async () => {
  const cluster = createCluster();
  cluster.moment = (ms) => (cluster.patched.length > 2 ? { stage: 'finished', pods: [endedPod('%-1', 103), endedPod('%-2', 103)] } : goodMoment(Math.min(ms, 12_000)));
  const { result } = await run(cluster);
  expect(result?.interrupted).toBe(false);
  // 10 s, 30 s of grace, and three minutes for all that is about it.
  expect(result?.warnings).toEqual(['2 runners went on for more than 220 s and had to be stopped']);
});

test('an abort before the runners begin is an interrupted test without numbers', async () => {
  const cluster = createCluster();
  const controller = new AbortController();
  cluster.moment = () => {
    controller.abort(new Error('enough'));
    return { stage: 'initialization', pods: [] };
  };
  const { result } = await run(cluster, { signal: controller.signal });
  expect(result).toMatchObject({ interrupted: true, runners: [], ms: 0 });
  expectCleanedUp(cluster);
});

test('an abort before the start makes nothing', async () => {
  const cluster = createCluster();
  const { result } = await run(cluster, { signal: AbortSignal.abort(new Error('enough')) });
  expect(result).toMatchObject({ interrupted: true, runners: [] });
  expect(cluster.created).toEqual([]);
});

test('every sample is kept beside a result that is as without', async () => {
  const cluster = createCluster();
  const samplesFolder = await mkdtemp(join(tmpdir(), 'pricectl-raw-'));
  cluster.samples.set('-1', sampleLines(samplesOf(100)));
  cluster.samples.set('-2', sampleLines(samplesOf(200)).slice(1));
  const { result } = await run(cluster, { samplesFolder });
  const plain = await run(createCluster());
  expect(result?.warnings).toEqual([expect.stringMatching(/^k6-2\.samples\.json is missing: they came damaged/)]);
  // The TestRun of each has a name of its own.
  expect({ ...result, warnings: [], runners: [] }).toEqual({ ...plain.result, runners: [] });
  expect(result?.runners).toMatchObject([{ payload: 'received', requests: 100 }, { payload: 'received', requests: 200 }]);
  expect(await readFile(join(samplesFolder, 'k6-1.samples.json'), 'utf8')).toBe(samplesOf(100));
  expect(await readdir(samplesFolder)).toEqual(['k6-1.samples.json']);
  expect(cluster.created[1]).toMatchObject({ spec: { args: expect.arrayContaining(['--out']) } });
  await rm(samplesFolder, { recursive: true });
});

test('a load of too many samples is refused before anything is made', async () => {
  const cluster = createCluster();
  const { error } = await run(cluster, { samplesFolder: '/nowhere', parallelism: 1, request: { ...request, profile: buildProfile({ rate: '1000/s', durationMs: 60_000 }) } });
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(/^--raw keeps 100 MB of samples a runner/) });
  expect(cluster.created).toEqual([]);
});

test.each(['28', '25+'])('a cluster of Kubernetes 1.%s has no sidecars that send samples, and nothing is made', async (minor) => {
  const cluster = createCluster();
  cluster.minor = minor;
  const { error } = await run(cluster, { samplesFolder: '/nowhere' });
  expect(error).toMatchObject({ kind: 'environment', code: 'PRICECTL_E_OPERATOR', message: `--raw needs Kubernetes 1.29, and this is 1.${minor}` });
  expect(cluster.created).toEqual([]);
});

test('an operator that knows no sidecars is found by what is stored, before its runners wait for ever', async () => {
  const cluster = createCluster();
  cluster.store = (object) => JSON.parse(JSON.stringify(object).replace('"restartPolicy":"Always",', ''));
  const { error } = await run(cluster, { samplesFolder: '/nowhere' });
  expect(error).toMatchObject({ kind: 'environment', message: "--raw needs a k6-operator that knows sidecars, and this cluster's is older" });
  expect(cluster.clock.now()).toBe(0);
  expectCleanedUp(cluster);
});
