import { expect, test } from 'vitest';
import { createFakeKubeApi, type FakeKubeApi } from '../../../test/fakes/fake-kube-api.ts';
import { accessCheck } from '../../tools/kube-api-failures.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import { makeAutoscaler, makeMetrics, makePod, makeScale, sightMs } from './autoscaler-sight.fixture.ts';
import { readSight } from './autoscaler-sight.ts';
import { explainSight } from './judge-explanation.ts';
import { servicePaths } from './service-objects.ts';

const paths = servicePaths({ namespace: 'shop' });
const scalePath = `${paths.deployments}/web/scale`;
const never = new AbortController().signal;

function createApi(): FakeKubeApi {
  const api = createFakeKubeApi('prod');
  api.collection(paths.autoscalers, [makeAutoscaler()]);
  api.answer(scalePath, { json: makeScale(2) });
  api.collection(paths.pods, [makePod('web-1'), makePod('web-2'), { ...makePod('other'), metadata: { name: 'other', labels: { app: 'other' } } }]);
  api.collection(paths.podMetrics, [makeMetrics('web-1', '90m'), makeMetrics('web-2', '90m')]);
  api.collection(paths.events, []);
  return api;
}

const read = (api: FakeKubeApi, name = 'web') => readSight(api, { namespace: 'shop', name }, { now: () => sightMs, nearest: (word, known) => known.find((one) => one.startsWith(word)) }, never);

function deny(api: FakeKubeApi, path: string): void {
  const hint = accessCheck({ context: 'prod', method: 'GET', path }) ?? '';
  api.answer(path, { error: new KubeApiError(403, 'Forbidden', 'forbidden', { hints: [hint] }) });
}

test('an HPA, its scale, the pods of that and their metrics, by reading alone', async () => {
  const api = createApi();
  const sight = await read(api);
  expect(sight).toMatchObject({ context: 'prod', scale: { spec: { replicas: 2 } }, denials: [], whyUnknown: null, isMetricsApiFailing: false, nowMs: sightMs });
  expect(sight.pods?.map(({ metadata }) => metadata.name)).toEqual(['web-1', 'web-2']);
  expect(explainSight(sight, null)).toMatchObject({ wish: 4, outcome: { lowest: 4, highest: 4 } });
  expect(api.calls.filter((call) => !/^(find|list) /.test(call))).toEqual([]);
});

test.each([
  [paths.pods, 'you may not list pods in namespace shop: which pods count is unknown'],
  [paths.podMetrics, 'you may not list pods.metrics.k8s.io in namespace shop: what the pods use is unknown'],
  [paths.events, 'you may not list events in namespace shop: earlier scalings are unknown'],
  [scalePath, 'you may not get deployments.apps/scale in namespace shop: how many replicas are set, and which pods count, is unknown'],
])('who may not read %s learns which verb on which resource it takes, and gets the rest', async (path, denial) => {
  const api = createApi();
  deny(api, path);
  const explanation = explainSight(await read(api), null);
  expect(explanation.unknowns[0]).toBe(denial);
  expect(explanation).toMatchObject(path === paths.events ? { state: 'computed', wish: 4 } : { state: 'unknown', outcome: null });
});

test('what is said to be in the way of a metric is what is', async () => {
  const api = createApi();
  deny(api, paths.events);
  deny(api, paths.podMetrics);
  expect(explainSight(await read(api), null).text).toBe("what it wants can't be computed (CPU: you may not list pods.metrics.k8s.io in namespace shop); at its last look it wanted 4");
});

test('who may not read the HPA itself is refused as ever', async () => {
  const api = createApi();
  deny(api, `${paths.autoscalers}/web`);
  await expect(read(api)).rejects.toMatchObject({ status: 403 });
});

test('an HPA that is not there: near names, and where there is one of that name', async () => {
  const api = createApi();
  const elsewhere = { ...makeAutoscaler(), metadata: { name: 'we', namespace: 'test' } };
  api.answer('/apis/autoscaling/v2/horizontalpodautoscalers', { json: { metadata: {}, items: [makeAutoscaler(), elsewhere] } });
  await expect(read(api, 'we')).rejects.toMatchObject({ kind: 'negative', code: 'PRICECTL_E_NO_AUTOSCALER', hints: ['did you mean web?', 'there is one with --namespace test'] });
  await expect(read(api, 'zebra')).rejects.toMatchObject({ hints: ['in this namespace: web'] });
});

test('who sees one namespace only gets the names of that', async () => {
  const api = createApi();
  deny(api, '/apis/autoscaling/v2/horizontalpodautoscalers');
  await expect(read(api, 'we')).rejects.toMatchObject({ hints: ['did you mean web?'] });
});

test.each([
  [404, /^CPU: the cluster has no metrics API \(metrics-server is missing\): keeps 2$/],
  [503, /^CPU: the metrics API is down \(metrics-server does not answer\): keeps 2$/],
])('a metrics API that answers %d fails for the autoscaler too', async (status, words) => {
  const api = createApi();
  api.answer(paths.podMetrics, { error: new KubeApiError(status, 'Unknown', 'no') });
  expect(explainSight(await read(api), null)).toMatchObject({ state: 'failed', text: expect.stringMatching(words) });
});

test('a target that is gone', async () => {
  const api = createApi();
  api.answer(scalePath, { json: undefined });
  expect(explainSight(await read(api), null)).toMatchObject({ state: 'failed', replicas: { current: null }, text: "Deployment web isn't there: nothing is scaled" });
});

test('anything with a scale: its collection is asked for', async () => {
  const api = createApi();
  api.put(paths.autoscalers, makeAutoscaler({ scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } }));
  api.answer('/apis/argoproj.io/v1alpha1', { json: { resources: [{ name: 'rollouts/scale', kind: 'Scale' }, { name: 'rollouts', kind: 'Rollout' }] } });
  api.answer('/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/scale', { json: makeScale(3) });
  expect(await read(api)).toMatchObject({ scale: { spec: { replicas: 3 } } });
  api.answer('/apis/argoproj.io/v1alpha1', { json: undefined });
  expect(await read(api)).toMatchObject({ scale: null });
});
