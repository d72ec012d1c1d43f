import { expect, test } from 'vitest';
import type { MemoryKubeApi } from '../../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import { downSteps } from './down-steps.ts';
import { ownsNamespace } from './namespace.ts';
import { clusterServiceSettings, createFakeParts, putObject, runAll } from './parts.fixture.ts';
import { ownLabels, servicePaths } from './service-objects.ts';

const paths = servicePaths({ namespace: 'shop' });
const ours = { 'app.kubernetes.io/managed-by': 'pricectl' };

function discovery(api: MemoryKubeApi): void {
  const kinds = ['pods', 'services', 'configmaps', 'secrets', 'serviceaccounts', 'events'];
  api.answers.set('/apis', { groups: [{ preferredVersion: { groupVersion: 'apps/v1' }, versions: [{ groupVersion: 'apps/v1' }] }] });
  api.answers.set('/api/v1', { resources: kinds.map((name) => ({ name, namespaced: true, verbs: ['list', 'create'] })) });
  api.answers.set('/apis/apps/v1', { resources: [{ name: 'deployments', namespaced: true, verbs: ['list', 'create'] }] });
}

function deployed(api: MemoryKubeApi): void {
  discovery(api);
  putObject(api, '/api/v1/namespaces/shop', 'Namespace', ours);
  putObject(api, `${paths.configMaps}/kube-root-ca.crt`, 'ConfigMap', {});
  putObject(api, `${paths.serviceAccounts}/default`, 'ServiceAccount', {});
  putObject(api, `${paths.autoscalers}/price-api`, 'HorizontalPodAutoscaler');
  putObject(api, `${paths.deployments}/price-api`, 'Deployment');
  putObject(api, `${paths.services}/price-api`, 'Service');
  putObject(api, `${paths.configMaps}/price-api-prices`, 'ConfigMap');
}

test('all of the service goes, the autoscaler first, and then the namespace that we made', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  fake.recorded = clusterServiceSettings();
  const reports = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(reports.map(({ title, outcome }) => [title, outcome])).toEqual([['objects', 'done'], ['namespace', 'done'], ['state', 'done']]);
  expect(fake.api.calls[0]).toBe(`delete ${paths.autoscalers}/price-api`);
  expect(fake.api.calls.at(-1)).toBe('delete /api/v1/namespaces/shop');
  expect([...fake.api.objects.keys()].filter((path) => path.includes('price-api'))).toEqual([]);
});

test('nothing that is not ours goes: other instances, other people, and the namespace that holds them', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  putObject(fake.api, `${paths.deployments}/other`, 'Deployment', ownLabels('other'));
  putObject(fake.api, `${paths.services}/price-api-copy`, 'Service', { 'app.kubernetes.io/instance': 'price-api' });
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/shop stays.*services\/price-api-copy, deployments\/other/) });
  expect([...fake.api.objects.keys()]).toEqual(expect.arrayContaining([`${paths.deployments}/other`, `${paths.services}/price-api-copy`, '/api/v1/namespaces/shop']));
});

test('a kind that its group has in another version alone is looked for too', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  const versions = ['gateway.test/v1', 'gateway.test/v1alpha2'].map((groupVersion) => ({ groupVersion }));
  fake.api.answers.set('/apis', { groups: [{ preferredVersion: versions[0], versions }] });
  const verbs = ['list', 'create'];
  fake.api.answers.set('/apis/gateway.test/v1', { resources: [{ name: 'routes', namespaced: true, verbs }] });
  fake.api.answers.set('/apis/gateway.test/v1alpha2', { resources: ['routes', 'tcproutes'].map((name) => ({ name, namespaced: true, verbs })) });
  putObject(fake.api, '/apis/gateway.test/v1alpha2/namespaces/shop/tcproutes/theirs', 'TCPRoute', {});
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: 'shop stays: there is tcproutes/theirs in it' });
});

/** Makes the API refuse to look at a path. */
function forbid(api: MemoryKubeApi, forbidden: string): void {
  const find = api.find.bind(api);
  api.find = async <T>(path: string, signal: AbortSignal) => {
    if (path === forbidden) throw new KubeApiError(403, 'Forbidden', 'not you');
    return find<T>(path, signal);
  };
}

test('a kind that the user may not list keeps the namespace, and the rest of down goes on', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  fake.recorded = clusterServiceSettings();
  forbid(fake.api, '/api/v1/namespaces/shop/secrets');
  const [, namespace, state] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/shop stays.*secrets, which you may not list/) });
  expect(state).toMatchObject({ outcome: 'done' });
});

test('a namespace that the user may not look at is not ours', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  forbid(fake.api, '/api/v1/namespaces/shop');
  expect(await ownsNamespace(fake.parts.service, { signal: new AbortController().signal, progress: () => {} })).toBe(false);
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/stays/) });
});

test("a ReplicaSet that outlives its Deployment for a moment is waited for: it doesn't keep the namespace", async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  fake.api.answers.set('/apis/apps/v1', { resources: ['deployments', 'replicasets'].map((name) => ({ name, namespaced: true, verbs: ['list', 'create'] })) });
  putObject(fake.api, `${paths.replicaSets}/price-api-1`, 'ReplicaSet');
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'done' });
});

test('a namespace that was there before stays, empty or not', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  putObject(fake.api, '/api/v1/namespaces/shop', 'Namespace', {});
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/was there before/) });
  expect(fake.api.objects.has('/api/v1/namespaces/shop')).toBe(true);
});

test('with nothing there, nothing is done', async () => {
  const fake = createFakeParts();
  discovery(fake.api);
  const reports = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(reports.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped']);
  expect(fake.api.calls).toEqual([]);
});

test('an API of the cluster that does not answer keeps the namespace: nobody knows what is in it', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  const find = fake.api.find.bind(fake.api);
  const failing = new KubeApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
  fake.api.find = async <T>(path: string, signal: AbortSignal) => {
    if (path === '/apis/apps/v1') throw failing;
    return find<T>(path, signal);
  };
  const [, namespace] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(namespace).toMatchObject({ outcome: 'skipped', detail: expect.stringMatching(/apps\/v1 has, which doesn't answer/) });
  expect(fake.api.objects.has('/api/v1/namespaces/shop')).toBe(true);
});

test('what does not go is a time-out that names it', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  const remove = fake.api.delete.bind(fake.api);
  fake.api.delete = async (path, signal) => (path.endsWith('/services/price-api') ? true : remove(path, signal));
  await expect(runAll(downSteps(fake.parts, { cluster: false }))).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/^price-api is still there/) });
  fake.api.delete = async (path, signal) => (path === '/api/v1/namespaces/shop' ? true : remove(path, signal));
  await expect(runAll(downSteps(fake.parts, { cluster: false }))).rejects.toMatchObject({ kind: 'timeout', message: expect.stringMatching(/namespace shop is still being deleted/) });
});

test('a cluster that is stopped and had nothing of ours leaves nothing to do', async () => {
  const fake = createFakeParts();
  fake.whereabouts = 'stopped';
  const reports = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(reports.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped']);
});

test('a cluster that runs and that the kubeconfig does not lead to is reached first, also where this machine remembers nothing', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  Object.assign(fake, { whereabouts: 'misconfigured', mended: 'here' });
  const reports = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(reports.map(({ title, outcome }) => [title, outcome])).toEqual([['objects', 'done'], ['namespace', 'done'], ['state', 'skipped']]);
  expect(fake.api.objects.has(`${paths.deployments}/price-api`)).toBe(false);
});

test('one that still can not be looked at is an error, and what this machine remembers stays', async () => {
  const fake = createFakeParts();
  Object.assign(fake, { whereabouts: 'misconfigured', mended: 'misconfigured', recorded: clusterServiceSettings() });
  await expect(runAll(downSteps(fake.parts, { cluster: false }))).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_DOWN', kind: 'environment' });
  expect(fake.recorded).toBeDefined();
});

test('a cluster that is gone leaves only what this machine remembers', async () => {
  const fake = createFakeParts();
  fake.whereabouts = 'gone';
  fake.recorded = clusterServiceSettings();
  const reports = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(reports.map(({ title, outcome }) => [title, outcome])).toEqual([['objects', 'skipped'], ['namespace', 'skipped'], ['state', 'done']]);
});

test('a cluster that is stopped has everything still: down says how to go on', async () => {
  const fake = createFakeParts();
  fake.whereabouts = 'stopped';
  fake.recorded = clusterServiceSettings();
  await expect(runAll(downSteps(fake.parts, { cluster: false }))).rejects.toMatchObject({ code: 'PRICECTL_E_CLUSTER_STOPPED', hints: expect.arrayContaining([expect.stringMatching(/minikube start/)]) });
  expect(fake.recorded).toBeDefined();
});

test('down --cluster of a stopped cluster deletes it without looking into it', async () => {
  const fake = createFakeParts();
  fake.whereabouts = 'stopped';
  fake.recorded = clusterServiceSettings();
  const reports = await runAll(downSteps(fake.parts, { cluster: true }));
  expect(reports.map(({ title, outcome }) => [title, outcome])).toEqual([['cluster', 'done'], ['state', 'done']]);
});

test('TestRuns that a killed load test left behind go before their Jobs do', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  const testRuns = '/apis/k6.io/v1alpha1/namespaces/shop/testruns';
  putObject(fake.api, `${testRuns}/price-api-k6-abcde`, 'TestRun');
  putObject(fake.api, `${testRuns}/other`, 'TestRun', ownLabels('other'));
  putObject(fake.api, `${paths.jobs}/price-api-k6-abcde-1`, 'Job');
  await runAll(downSteps(fake.parts, { cluster: false }));
  expect(fake.api.objects.has(`${testRuns}/other`)).toBe(true);
  const removed = fake.api.calls.filter((call) => call.startsWith('delete'));
  expect(removed).toContain(`delete ${testRuns}/price-api-k6-abcde`);
  expect(removed.indexOf(`delete ${testRuns}/price-api-k6-abcde`)).toBeLessThan(removed.indexOf(`delete ${paths.jobs}/price-api-k6-abcde-1`));
});

test('who may not ask for TestRuns can still take the service down', async () => {
  const fake = createFakeParts();
  deployed(fake.api);
  const find = fake.api.find.bind(fake.api);
  Object.assign(fake.api, {
    find: async (path: string, signal: AbortSignal) => (path.includes('/testruns') ? Promise.reject(new KubeApiError(403, 'Forbidden', 'no')) : find(path, signal)),
  });
  const [objects] = await runAll(downSteps(fake.parts, { cluster: false }));
  expect(objects).toMatchObject({ outcome: 'done' });
});
