import { expect, test } from 'vitest';
import { createMemoryKubeApi, type MemoryKubeApi } from '../../test/fakes/memory-kube-api.ts';
import type { KubeObject } from '../tools/kube-objects.ts';
import type { Minikube, MinikubeStart, MinikubeStatus } from '../tools/minikube.ts';
import { clusterServiceSettings, runAll } from './kubernetes/parts.fixture.ts';
import { createMinikubePlatform, type MinikubePlatformOptions } from './minikube.ts';

interface FakeProfile extends MinikubePlatformOptions {
  readonly minikube: { -readonly [K in keyof Minikube]: Minikube[K] };
  readonly api: MemoryKubeApi;
  readonly calls: string[];
  readonly starts: MinikubeStart[];
  status: MinikubeStatus;
  installed: boolean;
  /** Versions of minikube, kubectl and the Docker engine; undefined is "not here". */
  version: string;
  kubectlVersion: string | undefined;
  engine: string | undefined;
  isOurs: boolean;
  /** Images in the node. */
  readonly images: string[];
  /** What `image load` really loads. */
  loads: boolean;
  /** Whether `delete` and `addons enable` do what they say. */
  deletes: boolean;
  enables: boolean;
}

function unexpected(): never {
  throw new Error('nobody expects this');
}

function createFakeProfile(): FakeProfile {
  const api = createMemoryKubeApi();
  const note = (call: string) => async () => void fake.calls.push(call);
  const minikube: Minikube = {
    profile: 'pricectl',
    version: async () => (fake.installed ? fake.version : undefined),
    status: async () => fake.status,
    config: unexpected,
    async start(options) {
      fake.calls.push('start');
      fake.starts.push(options);
      fake.status = { state: 'running', isConfigured: true };
    },
    updateContext: note('update-context'),
    isAddonEnabled: async () => true,
    enableAddon: async (addon) => {
      fake.calls.push(`enable ${addon}`);
      if (fake.enables) addMetricsServer(api, '--metric-resolution=60s');
    },
    async loadImage(image) {
      fake.calls.push(`load ${image}`);
      if (fake.loads) fake.images.push(image);
    },
    images: async () => fake.images,
    serviceUrl: unexpected,
    async delete() {
      fake.calls.push('delete');
      if (fake.deletes) fake.status = { state: 'absent', isConfigured: false };
    },
  };
  const fake: FakeProfile = {
    api,
    minikube,
    calls: [],
    starts: [],
    images: [],
    loads: true,
    deletes: true,
    enables: true,
    status: { state: 'running', isConfigured: true },
    installed: true,
    version: '1.38.1',
    kubectlVersion: '1.36.3',
    engine: '29.1.0',
    kubectl: { clientVersion: async () => fake.kubectlVersion },
    docker: { engineVersion: async () => fake.engine, inspectImage: unexpected, build: unexpected, push: unexpected },
    isOurs: true,
    isRoot: false,
    session: { open: async () => api, reset: note('reset'), [Symbol.asyncDispose]: async () => {} },
    profile: {
      isThere: async () => fake.isOurs,
      async write() {
        fake.calls.push('remember');
        fake.isOurs = true;
      },
      async remove() {
        fake.calls.push('forget');
        fake.isOurs = false;
      },
    },
  };
  return fake;
}

const metricsServer = '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server';

function addMetricsServer(api: MemoryKubeApi, ...args: readonly string[]): void {
  const container = { name: 'metrics-server', args: ['--secure-port=4443', ...args] };
  api.objects.set(metricsServer, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'metrics-server' }, spec: { template: { spec: { containers: [container] } } } } as KubeObject);
}

test('a profile that is not there is started with metrics-server and remembered as ours', async () => {
  const fake = createFakeProfile();
  fake.status = { state: 'absent', isConfigured: false };
  fake.isOurs = false;
  addMetricsServer(fake.api, '--metric-resolution=60s');
  const reports = await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(fake.calls).toEqual(['reset', 'remember', 'start']);
  expect(fake.starts).toMatchObject([{ addons: ['metrics-server'], force: false, cpus: null }]);
  expect(fake.api.calls).toEqual([`jsonPatch ${metricsServer} [{"op":"replace","path":"/spec/template/spec/containers/0/args/1","value":"--metric-resolution=15s"}]`]);
});

test('a profile that was there before, and only stopped, is not remembered as ours', async () => {
  const fake = createFakeProfile();
  fake.status = { state: 'stopped', isConfigured: false };
  fake.isOurs = false;
  addMetricsServer(fake.api, '--metric-resolution=15s');
  await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(fake.calls).toEqual(['reset', 'start']);
  await expect(runAll(createMinikubePlatform(fake).removeSteps())).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_CLUSTER' });
  expect(fake.calls).not.toContain('delete');
});

test('root starts with --force, and is told', async () => {
  const fake = { ...createFakeProfile(), isRoot: true };
  fake.status = { state: 'stopped', isConfigured: false };
  fake.minikube.status = async () => fake.status;
  addMetricsServer(fake.api, '--metric-resolution=15s');
  const [cluster] = await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(fake.starts).toMatchObject([{ force: true }]);
  expect(cluster?.warnings).toEqual([expect.stringMatching(/--force/)]);
});

test('what is as it should be stays unchanged', async () => {
  const fake = createFakeProfile();
  addMetricsServer(fake.api, '--metric-resolution=15s');
  const reports = await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(reports).toMatchObject([
    { outcome: 'unchanged', detail: 'minikube profile pricectl, Kubernetes 1.36.2', warnings: [] },
    { outcome: 'unchanged', detail: 'metrics-server every 15 s' },
  ]);
  expect([fake.calls, fake.api.calls]).toEqual([[], []]);
});

const missing = undefined;

test.each<[string, Partial<FakeProfile>, string, RegExp]>([
  ['a minikube that is too old', { version: '1.31.2' }, 'PRICECTL_E_TOO_OLD', /minikube 1\.31\.2 is too old: it takes 1\.32\.0/],
  ['a kubectl that is too old', { kubectlVersion: '1.27.9' }, 'PRICECTL_E_TOO_OLD', /kubectl 1\.27\.9/],
  ['no kubectl', { kubectlVersion: missing }, 'PRICECTL_E_TOOL_MISSING', /kubectl/],
  ['no Docker engine', { engine: missing }, 'PRICECTL_E_DOCKER_DOWN', /Docker engine/],
])('with %s nothing is started', async (_, changes, code, words) => {
  const fake = createFakeProfile();
  Object.assign(fake, changes);
  fake.status = { state: 'absent', isConfigured: false };
  fake.isOurs = false;
  await expect(runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()))).rejects.toMatchObject({
    kind: 'environment',
    code,
    message: expect.stringMatching(words),
    hints: expect.arrayContaining([expect.any(String)]),
  });
  expect(fake.calls).not.toContain('start');
  expect(fake.isOurs).toBe(false);
});

test('an image that is there already takes no Docker engine', async () => {
  const fake = createFakeProfile();
  fake.engine = undefined;
  fake.status = { state: 'stopped', isConfigured: false };
  addMetricsServer(fake.api, '--metric-resolution=15s');
  const settings = clusterServiceSettings();
  const cluster = settings.cluster && { ...settings.cluster, image: 'registry.example.com/price-api:1' };
  await runAll(createMinikubePlatform(fake).prepareSteps({ ...settings, cluster }));
  expect(fake.calls).toContain('start');
});

test('a cluster that is too old is refused, one that kubectl does not go with is a warning', async () => {
  const fake = createFakeProfile();
  addMetricsServer(fake.api, '--metric-resolution=15s');
  fake.api.answers.set('/version', { gitVersion: 'v1.29.4' });
  await expect(runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()))).rejects.toMatchObject({
    code: 'PRICECTL_E_TOO_OLD',
    message: expect.stringMatching(/^Kubernetes 1\.29\.4 is too old/),
  });
  fake.api.answers.set('/version', { gitVersion: 'v1.34.1' });
  const [cluster] = await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(cluster?.warnings).toEqual([expect.stringMatching(/kubectl 1\.36\.3 and Kubernetes 1\.34\.1/)]);
});

test('a kubeconfig that leads to an old port is mended', async () => {
  const fake = createFakeProfile();
  fake.status = { state: 'running', isConfigured: false };
  addMetricsServer(fake.api, '--metric-resolution=15s');
  await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(fake.calls).toEqual(['reset', 'update-context']);
});

test('an addon that is off is enabled, and then made to look often enough', async () => {
  const fake = createFakeProfile();
  await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(fake.calls).toEqual(['enable metrics-server']);
  expect(fake.api.calls).toEqual([expect.stringContaining('--metric-resolution=15s')]);
});

test('a metrics-server without the argument gets one', async () => {
  const fake = createFakeProfile();
  addMetricsServer(fake.api);
  await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings({ metricResolutionMs: 30_000 })));
  expect(fake.api.calls).toEqual([expect.stringContaining('{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--metric-resolution=30s"}')]);
});

test.each([
  ['absent', 'minikube profile pricectl would be created'],
  ['stopped', 'minikube profile pricectl would be started'],
] as const)('a plan for a profile that is %s', async (state, detail) => {
  const fake = createFakeProfile();
  fake.status = { state, isConfigured: false };
  fake.isOurs = false;
  expect(await runAll(createMinikubePlatform(fake).planSteps(clusterServiceSettings()))).toMatchObject([
    { outcome: 'skipped', detail },
    { outcome: 'skipped', detail: 'the addon metrics-server would be enabled, every 15 s' },
  ]);
  fake.engine = undefined;
  await expect(runAll(createMinikubePlatform(fake).planSteps(clusterServiceSettings()))).rejects.toMatchObject({ code: 'PRICECTL_E_DOCKER_DOWN' });
  expect([fake.calls, fake.isOurs]).toEqual([[], false]);
});

test('a plan for a profile that runs', async () => {
  const fake = createFakeProfile();
  addMetricsServer(fake.api, '--metric-resolution=60s');
  const plan = () => runAll(createMinikubePlatform(fake).planSteps(clusterServiceSettings()));
  expect(await plan()).toMatchObject([
    { outcome: 'unchanged', detail: 'minikube profile pricectl, Kubernetes 1.36.2' },
    { outcome: 'skipped', detail: 'metrics-server would look every 15 s' },
  ]);
  addMetricsServer(fake.api, '--metric-resolution=15s');
  expect(await plan()).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'unchanged', detail: 'metrics-server every 15 s' }]);
  fake.status = { state: 'running', isConfigured: false };
  expect(await plan()).toMatchObject([{ outcome: 'skipped', detail: expect.stringMatching(/kubeconfig would be mended/) }, { outcome: 'skipped' }]);
  expect([fake.calls, fake.api.calls]).toEqual([[], []]);
});

const context = { signal: new AbortController().signal, progress: () => {} };

test('an image is loaded once and seen in the node', async () => {
  const fake = createFakeProfile();
  const platform = createMinikubePlatform(fake);
  expect(await platform.deliverImage('localhost/price-api:1', context)).toMatchObject({ outcome: 'done' });
  expect(await platform.deliverImage('localhost/price-api:1', context)).toMatchObject({ outcome: 'unchanged' });
  expect(fake.calls).toEqual(['load localhost/price-api:1']);
});

test('a load that loaded nothing is found out', async () => {
  const fake = createFakeProfile();
  fake.loads = false;
  await expect(createMinikubePlatform(fake).deliverImage('localhost/price-api:1', context)).rejects.toMatchObject({ code: 'PRICECTL_E_IMAGE_NOT_LOADED', kind: 'tool' });
});

test('where the cluster is', async () => {
  const fake = createFakeProfile();
  const platform = createMinikubePlatform(fake);
  const states = { running: 'here', degraded: 'here', paused: 'stopped', stopped: 'stopped', absent: 'gone' } as const;
  for (const [state, expected] of Object.entries(states)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of the table above
    fake.status = { state: state as keyof typeof states, isConfigured: true };
    expect(await platform.whereabouts(context.signal)).toBe(expected);
  }
  fake.installed = false;
  expect(await platform.whereabouts(context.signal)).toBe('gone');
});

test.each([
  { state: 'running', isOurs: true, expected: 'misconfigured' },
  { state: 'running', isOurs: false, expected: 'misconfigured' },
  { state: 'degraded', isOurs: false, expected: 'misconfigured' },
  // As an interrupted start leaves it.
  { state: 'degraded', isOurs: true, expected: 'stopped' },
] as const)('a $state profile (ours: $isOurs) that the kubeconfig does not lead to is $expected', async ({ state, isOurs, expected }) => {
  const fake = createFakeProfile();
  fake.status = { state, isConfigured: false };
  fake.isOurs = isOurs;
  const platform = createMinikubePlatform(fake);
  expect(await platform.whereabouts(context.signal)).toBe(expected);
  expect(fake.calls, 'a look changes nothing').toEqual([]);
  await platform.mendAccess(context.signal);
  expect(fake.calls).toEqual(['reset', 'update-context']);
});

test('down --cluster deletes the profile that we made, and forgets it', async () => {
  const fake = createFakeProfile();
  expect(await runAll(createMinikubePlatform(fake).removeSteps())).toMatchObject([{ outcome: 'done' }]);
  expect(fake.calls).toEqual(['reset', 'delete', 'forget']);
});

test('a delete that deleted nothing, and an addon that was not enabled, are found out', async () => {
  const fake = createFakeProfile();
  fake.deletes = false;
  await expect(runAll(createMinikubePlatform(fake).removeSteps())).rejects.toMatchObject({ code: 'PRICECTL_E_MINIKUBE', kind: 'tool', message: expect.stringMatching(/still there/) });
  expect(fake.isOurs, 'it is still to be deleted').toBe(true);
  fake.enables = false;
  const [, metrics] = await runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()));
  expect(metrics).toMatchObject({ detail: 'no metrics-server', warnings: [expect.stringMatching(/minikube addons list/)] });
});

test('a first start that leaves nothing leaves no claim to a profile that the user makes later', async () => {
  const fake = createFakeProfile();
  fake.status = { state: 'absent', isConfigured: false };
  fake.isOurs = false;
  fake.minikube.start = async () => {
    throw new Error('no driver');
  };
  await expect(runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()))).rejects.toThrow('no driver');
  expect(fake.isOurs).toBe(false);
  fake.minikube.start = async () => {
    fake.status = { state: 'degraded', isConfigured: false };
    throw new Error('half-way');
  };
  await expect(runAll(createMinikubePlatform(fake).prepareSteps(clusterServiceSettings()))).rejects.toThrow('half-way');
  expect(fake.isOurs, 'what is half there is ours').toBe(true);
});

test('down --cluster without minikube deletes nothing, and forgets nothing that is ours', async () => {
  const fake = createFakeProfile();
  fake.installed = false;
  await expect(runAll(createMinikubePlatform(fake).removeSteps())).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING', kind: 'environment' });
  expect(fake.calls).toEqual([]);
  fake.isOurs = false;
  expect(await runAll(createMinikubePlatform(fake).removeSteps())).toMatchObject([{ outcome: 'skipped' }]);
});
