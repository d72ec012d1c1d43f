import { expect, test } from 'vitest';
import { createMemoryKubeApi } from '../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from '../tools/kube-api.ts';
import type { KubeNode } from '../tools/kube-objects.ts';
import { checkCluster } from './check-cluster.ts';
import type { DoctorCheck } from './check-machine.ts';
import { resolveSettings } from './service-settings.ts';

const signal = new AbortController().signal;
const metricsServer = '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server';

interface Cluster {
  readonly target?: 'minikube' | 'kube';
  /** Arguments of metrics-server; undefined when nothing serves the metrics API. */
  readonly args?: readonly string[];
  readonly cpu?: string;
  readonly failure?: Error;
}

async function check({ target = 'minikube', args, cpu = '4', failure }: Cluster): Promise<Readonly<Record<string, DoctorCheck>>> {
  const api = createMemoryKubeApi();
  if (args !== undefined) {
    api.answers.set('/apis/metrics.k8s.io/v1beta1', { kind: 'APIResourceList' });
    api.answers.set(metricsServer, { spec: { template: { spec: { containers: [{ name: 'metrics-server', args }] } } } });
  }
  const conditions = [{ type: 'Ready', status: 'True' as const }];
  const node: KubeNode = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: {}, status: { allocatable: { cpu, memory: '8Gi', pods: '110' }, conditions } };
  api.objects.set('/api/v1/nodes/a', node);
  const open = failure === undefined ? async () => api : () => Promise.reject(failure);
  const settings = resolveSettings({}, { running: undefined, defaultPrices: '/p.txt', target });
  const checks = await checkCluster({ api: open, identity: { target, context: 'x', namespace: 'n', name: 'a' }, settings, signal });
  return Object.fromEntries(checks.map((one) => [one.name, one]));
}

test('a cluster that measures often and has room', async () => {
  expect(await check({ args: ['--secure-port=1', '--metric-resolution=15s'] })).toMatchObject({
    metrics: { state: 'ok', found: 'every 15 s', mend: null },
    nodes: { state: 'ok', needed: '10 replicas of 100m', mend: null },
  });
});

test('metrics that are rare or missing are told with what mends them', async () => {
  expect((await check({ args: ['--metric-resolution=1m0s'] }))['metrics']).toMatchObject({ state: 'warning', found: 'every 60 s', mend: 'pricectl up --target minikube' });
  expect((await check({ args: [] }))['metrics'], 'its own default').toMatchObject({ state: 'warning', found: 'every 60 s' });
  expect((await check({ target: 'kube', args: [] }))['metrics']).toMatchObject({ state: 'warning', mend: expect.stringMatching(/--metric-resolution=15s/) });
  expect((await check({}))['metrics']).toMatchObject({ state: 'warning', found: null, mend: 'pricectl up --target minikube' });
  expect((await check({ target: 'kube' }))['metrics']).toMatchObject({ state: 'problem', mend: expect.stringMatching(/^install metrics-server/) });
});

test('nodes that are too small are told, and one that holds no replica is the end', async () => {
  expect((await check({ cpu: '500m' }))['nodes']).toMatchObject({ state: 'warning', mend: expect.stringMatching(/room for 5 of at most 10/) });
  expect((await check({ cpu: '50m' }))['nodes']).toMatchObject({ state: 'problem', mend: expect.stringMatching(/--cpu-request/) });
});

test('what may not be read is no fault, what fails is told', async () => {
  const forbidden = await check({ failure: new KubeApiError(403, 'Forbidden', 'no') });
  expect(Object.values(forbidden)).toMatchObject([{ state: 'ok', found: 'may not be read' }, { state: 'ok', found: 'may not be read' }]);
  const down = await check({ failure: new KubeApiError(503, 'ServiceUnavailable', 'the server is down') });
  expect(Object.values(down)).toMatchObject([{ state: 'warning', found: 'the server is down' }, { state: 'warning' }]);
});
