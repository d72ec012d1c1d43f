import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import { createFakeService } from './fake-service.fixture.ts';
import { readCase, type RolloutCase } from './rollout-cases.fixture.ts';
import { createSnapshotTaker } from './snapshot.ts';

const signal = new AbortController().signal;

function setUp(captured: RolloutCase) {
  const clock = createFakeClock(Date.parse(captured.capturedAt));
  const fake = createFakeService(captured, clock);
  fake.api.answer(fake.paths.podMetrics, { json: { metadata: {}, items: captured.pods.map(({ metadata }) => metricsOf(metadata.name)) } });
  const taker = createSnapshotTaker(fake.service, async () => 'http://127.0.0.1:30000');
  const path = (pod: string, what: string) => `${fake.paths.pods}/${pod}:5000/proxy/${what}`;
  /** What a pod says of itself from now on. */
  const says = (pod: string, cpuSeconds: number, requests: number, rejection: string | null = null) => {
    const body = `process_cpu_seconds_total ${cpuSeconds}\nprocess_resident_memory_bytes 5\nhttp_requests_total{route="/price"} ${requests}\n`;
    fake.api.answer(path(pod, 'metrics'), { body });
    fake.api.answer(path(pod, 'version'), { json: { prices: { rows: 4, bytes: 45, sha256: 'ab' }, rejection } });
  };
  return { ...fake, clock, path, says, take: () => taker.take(signal) };
}

function metricsOf(name: string) {
  return { metadata: { name }, timestamp: '2026-11-25T18:06:03Z', window: '15s', containers: [{ name: 'api', usage: { cpu: '12m', memory: '12Mi' } }] };
}

/** Two ready pods under an autoscaler. */
function healthy() {
  const captured = readCase('hpa-stabilized');
  const fake = setUp(captured);
  const names = captured.pods.map(({ metadata }) => metadata.name);
  for (const name of names) fake.says(name, 10, 100);
  return { ...fake, captured, names };
}

test('a service that runs', async () => {
  const { take, service, names } = healthy();
  expect(await take()).toEqual({
    atMs: expect.any(Number),
    state: 'ready',
    identity: service.identity,
    url: 'http://127.0.0.1:30000',
    image: 'docker.io/library/node:26-bookworm-slim',
    replicas: { min: 2, max: 4, desired: 2, ready: 2 },
    autoscaler: {
      kind: 'kubernetes',
      cpuPercent: 25,
      cpuTarget: 50,
      explanation: expect.stringMatching(/^CPU 25 % of request, target 50 %/),
      tolerance: { scaleUp: 0.1, scaleDown: 0.1 },
      metricAgeMs: 8_000,
      nextSyncAtMs: null,
      decision: expect.objectContaining({ kind: 'computed', currentReplicas: 2, desiredReplicas: 2 }),
    },
    pods: names.map((name) => ({
      name,
      ready: true,
      terminating: false,
      restarts: 0,
      cpuMillicores: 12,
      memoryBytes: 12_582_912,
      requests: 100,
      requestsPerSecond: null,
      pricesSha256: 'ab',
      problem: null,
    })),
    prices: { rows: 4, bytes: 45, sha256: 'ab' },
    problem: null,
  });
});

test('the second look knows rates, CPU and requests over the same time', async () => {
  const { take, says, clock, names } = healthy();
  await take();
  await clock.sleep(2_000);
  for (const name of names) says(name, 10.5, 300);
  expect((await take()).pods[0]).toMatchObject({ cpuMillicores: 250, requests: 300, requestsPerSecond: 100 });
});

test('a look too soon after the last keeps the rate before', async () => {
  const { take, says, clock, names } = healthy();
  await take();
  await clock.sleep(2_000);
  for (const name of names) says(name, 10.5, 300);
  await take();
  await clock.sleep(100);
  for (const name of names) says(name, 12, 900);
  expect((await take()).pods[0]).toMatchObject({ cpuMillicores: 250, requestsPerSecond: 100 });
  await clock.sleep(900);
  for (const name of names) says(name, 11.5, 1_300);
  expect((await take()).pods[0], 'from the look that counted').toMatchObject({ cpuMillicores: 1_000, requestsPerSecond: 1_000 });
});

test('a process that started anew has no rate', async () => {
  const { take, says, clock, names } = healthy();
  await take();
  await clock.sleep(2_000);
  for (const name of names) says(name, 0.1, 3);
  expect((await take()).pods[0]).toMatchObject({ cpuMillicores: 12, requests: 3, requestsPerSecond: null });
});

test('what a pod does not say is unknown, and prices that differ are not the prices', async () => {
  const { take, api, path, clock, names } = healthy();
  const [first = '', second = ''] = names;
  api.answer(path(first, 'version'), { error: new KubeApiError(503, 'ServiceUnavailable', 'no answer') });
  api.answer(path(first, 'metrics'), { status: 404, body: '' });
  expect(await take()).toMatchObject({ state: 'ready', prices: null, pods: [{ pricesSha256: null, requests: null, cpuMillicores: 12 }, { pricesSha256: 'ab' }] });
  await clock.sleep(4_000);
  api.answer(path(first, 'version'), { json: { prices: { rows: 4, bytes: 45, sha256: 'cd' }, rejection: null } });
  api.answer(path(second, 'metrics'), { body: 'not the metrics' });
  expect(await take()).toMatchObject({ prices: null, pods: [{ pricesSha256: 'cd' }, { pricesSha256: 'ab', requests: null }] });
});

test('pods are asked for their prices less often than for their counters', async () => {
  const { take, api, path, clock, names } = healthy();
  const asked = (what: string) => api.calls.filter((call) => call === `text ${path(names[0] ?? '', what)}`).length;
  for (let seconds = 0; seconds < 5; seconds += 1) {
    await take();
    await clock.sleep(1_000);
  }
  expect([asked('metrics'), asked('version')]).toEqual([5, 2]);
});

test('prices that a pod did not take are its problem', async () => {
  const { take, says, names } = healthy();
  says(names[0] ?? '', 10, 100, 'line 3: bad price');
  expect(await take()).toMatchObject({ state: 'degraded', problem: null, pods: [{ problem: 'serves older prices: line 3: bad price' }, { problem: null }] });
});

test.each([
  ['metrics API', 'podMetrics'],
  ['autoscaler', 'autoscaler'],
])('without a %s the rest is known', async (_, what) => {
  const { take, api, paths } = healthy();
  const missing = new KubeApiError(404, 'NotFound', 'the server could not find the requested resource');
  api.answer(what === 'podMetrics' ? paths.podMetrics : `${paths.autoscalers}/metrics`, { error: missing });
  expect(await take()).toMatchObject({ state: 'ready', replicas: { desired: 2, ready: 2 }, prices: { sha256: 'ab' } });
});

test('a pod that fails is named, and no events are read when none does', async () => {
  const captured = readCase('crash-loop');
  const { take, api, paths } = setUp(captured);
  const name = captured.pods[0]?.metadata.name;
  const problem = 'container api exits with code 6 at start, 4 times in 47 s';
  expect(await take()).toMatchObject({ state: 'degraded', pods: [{ ready: false, restarts: 3, problem }], problem: `no replica is ready: ${name}: ${problem}` });
  expect(api.calls).toContain(`list ${paths.events}`);
  const sound = healthy();
  await sound.take();
  expect(sound.api.calls).not.toContain(`list ${sound.paths.events}`);
});

test('a pod on its way out has no problem', async () => {
  const captured = readCase('crash-loop');
  const pods = captured.pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: captured.capturedAt } }));
  expect((await setUp({ ...captured, pods }).take()).pods).toMatchObject([{ terminating: true, ready: false, problem: null }]);
});

/** A look at a pod that failed with these last words. */
function takeFailed(message: string) {
  const captured = readCase('crash-loop');
  const pods = captured.pods.map((pod) => {
    const containerStatuses = pod.status?.containerStatuses?.map((status) => ({ ...status, state: { terminated: { exitCode: 6, message } } })) ?? [];
    return { ...pod, status: { ...pod.status, containerStatuses } };
  });
  return setUp({ ...captured, pods }).take();
}

test('what a failed pod said last is told', async () => {
  const { pods } = await takeFailed('2026-11-25T18:40:24.384Z serves prices.txt\n/etc/prices.txt: line 3: price "abc" is not a number\n');
  expect(pods[0]?.problem).toBe('container api exits with code 6 at start, 4 times: /etc/prices.txt: line 3: price "abc" is not a number');
});

test('what a cluster quotes is told without secrets', async () => {
  const { pods, problem } = await takeFailed('Get "https://user:c4n4ry@proxy.example.test/x?c4n4ry": refused');
  for (const text of [pods[0]?.problem, problem]) expect(text).toMatch(/: Get "https:\/\/\*\*\*@proxy.example.test\/x\?\*\*\*": refused$/);
});

test('pods that may not be made are the problem of the service', async () => {
  const { take, says, captured } = ((captured) => ({ ...setUp(captured), captured }))(readCase('quota'));
  for (const { metadata } of captured.pods) says(metadata.name, 1, 1);
  expect(await take()).toMatchObject({ state: 'starting', problem: 'no more pods may be made: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1' });
});

test('no service, or one that is not ours, is absent', async () => {
  const { take, api, paths, captured } = healthy();
  const { deployment } = captured;
  api.put(paths.deployments, { ...deployment, metadata: { ...deployment.metadata, labels: { 'app.kubernetes.io/instance': 'metrics' } } });
  expect(await take()).toMatchObject({ state: 'absent', url: null, pods: [] });
  api.remove(paths.deployments, 'metrics');
  expect(await take()).toMatchObject({ state: 'absent', url: null, pods: [], autoscaler: { explanation: 'there is none' } });
});

test('a service that is being removed or set to nothing is stopped', async () => {
  const { take, api, paths, captured } = healthy();
  const { deployment } = captured;
  api.put(paths.deployments, { ...deployment, metadata: { ...deployment.metadata, deletionTimestamp: captured.capturedAt } });
  expect(await take()).toMatchObject({ state: 'stopped', problem: 'the service is being removed' });
  const paused = { ...deployment, spec: { ...deployment.spec, replicas: 0 } };
  api.put(paths.deployments, paused);
  expect(await take()).toMatchObject({ state: 'stopped', problem: 'the service is set to 0 replicas' });
});

test('a cluster that does not answer is an error', async () => {
  const { take, api, paths } = healthy();
  api.answer(`${paths.autoscalers}/metrics`, { error: new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'gone') });
  await expect(take()).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN' });
});
