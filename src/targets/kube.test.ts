import { expect, test } from 'vitest';
import { createMemoryKubeApi, type MemoryKubeApi } from '../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from '../tools/kube-api.ts';
import { type ImageLoader, createKubePlatform } from './kube.ts';
import { clusterServiceSettings, runAll } from './kubernetes/parts.fixture.ts';

interface FakeCluster {
  readonly api: MemoryKubeApi;
  readonly calls: string[];
  kubectlVersion: string | undefined;
  serverUrl: string | undefined;
}

function unexpected(): never {
  throw new Error('nobody expects this');
}

function createFakeCluster(loader?: 'kind' | 'k3d') {
  const api = createMemoryKubeApi();
  const fake: FakeCluster = { api, calls: [], kubectlVersion: '1.36.3', serverUrl: 'https://192.0.2.1:6443' };
  const note = async (call: string) => void fake.calls.push(call);
  const imageLoader: ImageLoader | undefined = loader && { tool: loader, load: (image) => note(`${loader} load ${image}`) };
  const platform = createKubePlatform({
    kubectl: {
      context: 'team',
      clientVersion: async () => fake.kubectlVersion,
      serverUrl: async () => fake.serverUrl,
      versions: unexpected,
      contexts: unexpected,
      openApi: unexpected,
      portForward: unexpected,
      argumentsFor: unexpected,
    },
    docker: { engineVersion: unexpected, inspectImage: unexpected, build: unexpected, push: (image) => note(`push ${image}`) },
    session: { open: async () => api, reset: unexpected, [Symbol.asyncDispose]: async () => {} },
    loader: imageLoader,
  });
  return { fake, platform };
}

const context = { signal: new AbortController().signal, progress: () => {} };
const image = 'localhost/price-api:1';

function addNode(api: MemoryKubeApi, name: string, ...images: readonly string[]): void {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { images: images.map((one) => ({ names: [one] })) } };
  api.objects.set(`/api/v1/nodes/${name}`, node);
}

test('a cluster of somebody else is looked at and not changed', async () => {
  const { fake, platform } = createFakeCluster();
  expect(await runAll(platform.prepareSteps(clusterServiceSettings()))).toEqual([
    { title: 'cluster', outcome: 'unchanged', detail: 'team, Kubernetes 1.36.2', warnings: [] },
  ]);
  expect(fake.api.calls).toEqual([]);
});

test.each([
  ['no kubectl', undefined, 'v1.36.2', 'PRICECTL_E_TOOL_MISSING'],
  ['a kubectl that is too old', '1.27.0', 'v1.36.2', 'PRICECTL_E_TOO_OLD'],
  ['a cluster that is too old', '1.29.0', 'v1.29.2', 'PRICECTL_E_TOO_OLD'],
])('%s is refused', async (_, kubectlVersion, gitVersion, code) => {
  const { fake, platform } = createFakeCluster();
  fake.kubectlVersion = kubectlVersion;
  fake.api.answers.set('/version', { gitVersion });
  await expect(runAll(platform.prepareSteps(clusterServiceSettings()))).rejects.toMatchObject({ kind: 'environment', code });
});

test('who may not see the version of a cluster may use it', async () => {
  const { fake, platform } = createFakeCluster();
  const refuseWith = (error: Error) => Object.assign(fake.api, { get: () => Promise.reject(error) });
  refuseWith(new KubeApiError(403, 'Forbidden', 'no'));
  expect(await runAll(platform.prepareSteps(clusterServiceSettings()))).toMatchObject([{ outcome: 'unchanged', detail: 'team', warnings: [] }]);
  refuseWith(new KubeApiError(401, 'Unauthorized', 'log in'));
  await expect(runAll(platform.prepareSteps(clusterServiceSettings()))).rejects.toMatchObject({ status: 401 });
});

test('a kubectl that is more than one minor version away is a warning', async () => {
  const { fake, platform } = createFakeCluster();
  fake.kubectlVersion = '1.33.0';
  const [cluster] = await runAll(platform.prepareSteps(clusterServiceSettings()));
  expect(cluster?.warnings).toEqual([expect.stringMatching(/kubectl 1\.33\.0 and Kubernetes 1\.36\.2/)]);
});

test('an image that only this machine has is refused, one with a registry is pushed', async () => {
  const { fake, platform } = createFakeCluster();
  await expect(platform.deliverImage(image, context)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_REGISTRY', hints: [expect.stringMatching(/--registry/), expect.stringMatching(/--image/)] });
  expect(fake.calls).toEqual([]);
  expect(await platform.deliverImage('ghcr.io/you/price-api:1', context)).toMatchObject({ outcome: 'done', detail: 'ghcr.io/you/price-api:1, pushed' });
  expect(fake.calls).toEqual(['push ghcr.io/you/price-api:1']);
});

test('an image that a node has pulled before is not pushed again; who may not read nodes pushes', async () => {
  const { fake, platform } = createFakeCluster();
  addNode(fake.api, 'one');
  addNode(fake.api, 'two', 'ghcr.io/you/price-api:1');
  expect(await platform.deliverImage('ghcr.io/you/price-api:1', context)).toMatchObject({ outcome: 'unchanged' });
  expect(await platform.deliverImage('ghcr.io/you/price-api:2', context)).toMatchObject({ outcome: 'done' });
  Object.assign(fake.api, { list: () => Promise.reject(new KubeApiError(403, 'Forbidden', 'no')) });
  expect(await platform.deliverImage('ghcr.io/you/price-api:1', context)).toMatchObject({ outcome: 'done' });
  expect(fake.calls).toEqual(['push ghcr.io/you/price-api:2', 'push ghcr.io/you/price-api:1']);
});

test.each(['kind', 'k3d'] as const)('%s loads an image unless all nodes have it', async (tool) => {
  const { fake, platform } = createFakeCluster(tool);
  addNode(fake.api, 'one', image);
  addNode(fake.api, 'two');
  expect(await platform.deliverImage(image, context)).toMatchObject({ outcome: 'done' });
  expect(fake.calls).toEqual([`${tool} load ${image}`]);
  addNode(fake.api, 'two', 'other:1', image);
  expect(await platform.deliverImage(image, context)).toMatchObject({ outcome: 'unchanged' });
  expect(fake.calls).toHaveLength(1);
});

test('where the cluster is: gone with its context', async () => {
  const { fake, platform } = createFakeCluster();
  expect(await platform.whereabouts(context.signal)).toBe('here');
  fake.serverUrl = undefined;
  expect(await platform.whereabouts(context.signal)).toBe('gone');
});

test('it has no URLs of its own, and is never deleted', async () => {
  const { platform } = createFakeCluster();
  expect(await platform.openUrl('shop', 'price-api', context.signal)).toBeUndefined();
  expect(() => platform.removeSteps()).toThrow(/never deleted/);
});
