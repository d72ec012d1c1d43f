import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { createMemoryKubeApi, type MemoryKubeApi } from '../../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { HttpAnswer } from '../../tools/http.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { definitionOf, deploymentOf } from './cluster.fixture.ts';
import { crdPath, detectOperator } from './detect.ts';
import { ensureOperator, type OperatorNeed } from './install.ts';

const bundle = `
apiVersion: v1
kind: Namespace
metadata: {name: k6-operator-system, labels: {app.kubernetes.io/managed-by: kustomize}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: testruns.k6.io}
spec: {versions: [{name: v1alpha1, served: true}]}
---
# nothing
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: k6-operator-controller-manager, namespace: k6-operator-system}
spec: {template: {spec: {containers: []}}}
`;
const deploymentsPath = '/apis/apps/v1/deployments';
const deploymentPath = '/apis/apps/v1/namespaces/k6-operator-system/deployments/k6-operator-controller-manager';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-bundle-'));
  file = join(folder, 'bundle.yaml');
  await writeFile(file, bundle);
});
afterEach(() => rm(folder, { recursive: true }));

function resource(kind: string, name: string, namespaced: boolean) {
  return { kind, name, namespaced };
}

async function forbidden(): Promise<never> {
  throw new KubeApiError(403, 'Forbidden', 'not you');
}

/** A cluster without an operator; it is ready as soon as its objects are applied. */
function createCluster({ becomesReady = true } = {}): MemoryKubeApi {
  const api = createMemoryKubeApi();
  api.answers.set('/api/v1', { resources: [resource('Namespace', 'namespaces', false), resource('Namespace', 'namespaces/status', false)] });
  api.answers.set('/apis/apps/v1', { resources: [resource('Deployment', 'deployments', true)] });
  api.answers.set('/apis/apiextensions.k8s.io/v1', { resources: [resource('CustomResourceDefinition', 'customresourcedefinitions', false)] });
  api.answers.set(deploymentsPath, { items: [] });
  const apply = api.apply.bind(api);
  Object.assign(api, {
    async apply(path: string, object: KubeObject, options: Parameters<MemoryKubeApi['apply']>[2]) {
      const stored = await apply(path, object, options);
      if (path === crdPath) api.objects.set(crdPath, { ...definitionOf(), metadata: stored.metadata });
      if (path === deploymentPath) api.answers.set(deploymentsPath, { items: [deploymentOf({ ready: becomesReady ? 1 : 0 })] });
      return stored;
    },
  });
  return api;
}

function needOf(api: MemoryKubeApi, changes: Partial<OperatorNeed> = {}): OperatorNeed & { readonly asked: string[]; readonly notices: string[] } {
  const asked: string[] = [];
  const notices: string[] = [];
  return {
    api,
    clock: createFakeClock(),
    http: { request: async () => expect.unreachable() },
    namespace: 'pricectl',
    bundle: file,
    async confirmInstall(what) {
      asked.push(what);
      return true;
    },
    onNotice: (text) => void notices.push(text),
    signal: new AbortController().signal,
    asked,
    notices,
    ...changes,
  };
}

/** Puts an operator on the cluster that somebody else installed. */
function standing(api: MemoryKubeApi, definition: KubeObject | undefined, deployments: readonly object[]): void {
  if (definition !== undefined) api.objects.set(crdPath, definition);
  api.answers.set(deploymentsPath, { items: deployments });
}

test('what is missing is installed, said before, with our label on it', async () => {
  const api = createCluster();
  const need = needOf(api);
  expect(await ensureOperator(need)).toMatchObject({ definition: { hasArgs: true, isOurs: true }, deployments: [{ isReady: true }] });
  expect(need.asked).toEqual([expect.stringMatching(/^k6-operator, not the official version 1\.6\.0: you vouch for it, from \S+bundle\.yaml \(SHA-256 [0-9a-f]{64}\)$/)]);
  expect(need.notices).toEqual([`installs ${need.asked[0]}`]);
  expect(api.calls).toEqual(['/api/v1/namespaces/k6-operator-system', crdPath, deploymentPath].map((path) => `apply ${path}`));
  for (const { metadata } of api.objects.values()) expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'pricectl' });
});

test('what is there is used, and never changed', async () => {
  const api = createCluster();
  standing(api, definitionOf(['arguments']), [deploymentOf()]);
  const need = needOf(api);
  expect(await ensureOperator(need)).toMatchObject({ definition: { hasArgs: false, isOurs: false } });
  expect(api.calls).toEqual([]);
  expect(need.asked).toEqual([]);
});

test('an installation of ours that was cut off is gone on with', async () => {
  const api = createCluster();
  standing(api, definitionOf(['args'], { 'app.kubernetes.io/managed-by': 'pricectl' }), []);
  await ensureOperator(needOf(api));
  expect(api.calls).toContain(`apply ${deploymentPath}`);
});

test.each<[string, KubeObject | undefined, readonly object[], RegExp]>([
  ['has no operator', definitionOf(), [], /knows TestRuns, but no k6-operator runs/],
  ['has no definition', undefined, [deploymentOf()], /there is a k6-operator .* but no definition/],
  ['has another age', Object.assign(definitionOf(), { spec: { versions: [{ name: 'v1beta1', served: true }] } }), [deploymentOf()], /no version v1alpha1/],
  ['looks elsewhere', definitionOf(), [deploymentOf({ env: [{ name: 'WATCH_NAMESPACES', value: 'a, b' }] })], /looks only at namespace a, b, not at pricectl/],
  ['is switched off', definitionOf(), [deploymentOf({ replicas: 0, ready: 0 })], /switched off: Deployment k6-operator-controller-manager/],
])("somebody else's installation that %s is not touched", async (_, definition, deployments, message) => {
  const api = createCluster();
  standing(api, definition, deployments);
  const need = needOf(api);
  await expect(ensureOperator(need)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_OPERATOR', kind: 'environment', message: expect.stringMatching(message) }));
  expect([api.calls, need.asked]).toEqual([[], []]);
});

test.each(['pricectl', 'x,pricectl', ''])('an operator that watches "%s" looks at us', async (value) => {
  const api = createCluster();
  standing(api, definitionOf(), [deploymentOf({ env: [{ name: 'WATCH_NAMESPACE', value }] })]);
  await expect(ensureOperator(needOf(api))).resolves.toBeDefined();
});

test('an object of somebody else in the way ends the installation, but a namespace is used', async () => {
  const api = createCluster();
  const foreign = { apiVersion: 'v1', kind: 'x', metadata: { name: 'x', labels: {} } };
  api.objects.set('/api/v1/namespaces/k6-operator-system', foreign);
  await ensureOperator(needOf(api));
  expect(api.objects.get('/api/v1/namespaces/k6-operator-system')).toBe(foreign);
  const other = createCluster();
  other.objects.set(deploymentPath, foreign);
  await expect(ensureOperator(needOf(other))).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_OPERATOR', message: expect.stringMatching(/there is a Deployment k6-operator-controller-manager already/) }));
  expect(other.objects.get(deploymentPath)).toBe(foreign);
});

test('without leave nothing is installed', async () => {
  const api = createCluster();
  await expect(ensureOperator(needOf(api, { confirmInstall: async () => false }))).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_OPERATOR' }));
  expect(api.calls).toEqual([]);
});

test('an operator that does not come up is waited for, and explained', async () => {
  const api = createCluster({ becomesReady: false });
  api.answers.set('/api/v1/namespaces/k6-operator-system/pods', { items: [{ metadata: { name: 'p', uid: 'p' }, spec: { containers: [] }, status: { containerStatuses: [{ name: 'manager', image: 'a', restartCount: 0, ready: false, state: { waiting: { reason: 'ErrImageNeverPull' } } }] } }] });
  const need = needOf(api);
  await expect(ensureOperator(need)).rejects.toThrow(expect.objectContaining({ kind: 'timeout', message: "k6-operator is not ready after 180 s: its pod p in namespace k6-operator-system image a isn't on the node and may not be pulled" }));
});

test.each<[string, HttpAnswer, RegExp]>([
  ['another content', { status: 200, headers: {}, body: bundle }, /isn't what it was: its SHA-256 is [0-9a-f]{64}, not 13daa083/],
  ['no such file', { status: 404, headers: {}, body: '' }, /answers 404/],
])('a download with %s installs nothing', async (_, answer, message) => {
  const api = createCluster();
  const need = needOf(api, { bundle: undefined, http: { request: async () => answer } });
  await expect(ensureOperator(need)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_OPERATOR_BUNDLE', message: expect.stringMatching(message) }));
  expect([api.calls, need.asked]).toEqual([[], []]);
});

test.each<[string, string, RegExp]>([
  ['is no YAML', 'a: [', /is no bundle of k6-operator/],
  ['has something else', 'a: 1', /holds something that is no object/],
  ['has no TestRuns', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}', /no CustomResourceDefinition testruns/],
])('a file that %s is refused', async (_, text, message) => {
  await writeFile(file, text);
  const api = createCluster();
  await expect(ensureOperator(needOf(api))).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_OPERATOR_BUNDLE', message: expect.stringMatching(message) }));
  expect(api.calls).toEqual([]);
});

test('a file that is not there is a mistake in the command', async () => {
  await expect(ensureOperator(needOf(createCluster(), { bundle: join(folder, 'no.yaml') }))).rejects.toThrow(expect.objectContaining({ kind: 'usage' }));
});

test('who may not look at the whole cluster believes what the API says, and uses what every operator takes', async () => {
  const api = createCluster();
  const find = api.find.bind(api);
  Object.assign(api, { list: forbidden, find: async (path: string, signal: AbortSignal) => (path === crdPath ? forbidden() : find(path, signal)) });
  api.answers.set('/apis/k6.io/v1alpha1', { resources: [{ name: 'testruns' }, { name: 'testruns/status' }] });
  expect(await detectOperator(api, new AbortController().signal)).toEqual({ definition: { isEstablished: true, isServed: true, hasArgs: false, isOurs: false }, deployments: null });
  await expect(ensureOperator(needOf(api))).resolves.toBeDefined();
});
