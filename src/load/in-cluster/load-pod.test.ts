import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import { createFakeCluster, podName, podWith, runningPod } from './cluster.fixture.ts';
import { awaitLoadPod } from './load-pod.ts';

/** Waits for the pod of a job; the pod was made when the clock stood at 0. */
async function wait(pods: readonly Pod[], refusal?: string) {
  const cluster = createFakeCluster();
  cluster.pods = [...pods];
  const metadata = { name: 'x' };
  cluster.created.push({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'the-job' } });
  if (refusal !== undefined) cluster.events = [{ apiVersion: 'v1', kind: 'Event', metadata, involvedObject: {}, reason: 'FailedCreate', message: refusal }];
  const clock = createFakeClock();
  const outcome = await awaitLoadPod({ api: cluster.api, clock, namespace: 'pricectl', job: 'the-job', signal: new AbortController().signal }).catch((error: unknown) => error);
  return { outcome, ms: clock.now() };
}

const creating = podWith({ waiting: { reason: 'ContainerCreating' } });

test.each<[string, Pod]>([
  ['runs', runningPod],
  ['has ended already', podWith({ terminated: { exitCode: 1 } })],
  ['was refused by its node', podWith({}, { phase: 'Failed', containerStatuses: [] })],
])('a pod that %s has started', async (_, pod) => {
  expect(await wait([creating, creating, pod])).toEqual({ outcome: pod, ms: 500 });
});

test.each([
  ['InvalidImageName', 'at once'],
  ['ErrImageNeverPull', 'at once'],
  ['ErrImagePull', 'after a while'],
  ['ImagePullBackOff', 'after a while'],
  ['CreateContainerConfigError', 'after a while'],
  ['CreateContainerError', 'after a while'],
])('a pod with %s is given up %s', async (reason, when) => {
  const { outcome, ms } = await wait([creating, podWith({ waiting: { reason, message: 'because' } })]);
  expect(outcome).toMatchObject({ code: 'PRICECTL_E_LOAD_POD', message: `${podName} can't make load: because` });
  expect(ms).toBe(when === 'at once' ? 250 : 20_250);
});

test('a pod that no node has room for is given up after a while', async () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' }];
  const { outcome, ms } = await wait([podWith({}, { containerStatuses: [], conditions })]);
  expect(outcome).toMatchObject({ code: 'PRICECTL_E_LOAD_POD', message: expect.stringContaining('1 Insufficient cpu') });
  expect(ms).toBe(20_250);
});

test('a pod that the cluster refuses is given up at once', async () => {
  const { outcome, ms } = await wait([], 'exceeded quota: pods=1');
  expect(outcome).toMatchObject({ code: 'PRICECTL_E_LOAD_POD', message: expect.stringContaining('exceeded quota') });
  expect(ms).toBe(0);
});

test('where events may not be read the pod is waited for all the same', async () => {
  const cluster = createFakeCluster();
  const list = cluster.api.list.bind(cluster.api);
  cluster.created.push({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'the-job' } });
  cluster.pods = [];
  Object.assign(cluster.api, {
    list: async (path: string, ...rest: [Parameters<typeof list>[1], AbortSignal]) => {
      if (!path.endsWith('/events')) return list(path, ...rest);
      cluster.pods = [runningPod];
      throw new KubeApiError(403, 'Forbidden', 'events is forbidden');
    },
  });
  const clock = createFakeClock();
  expect(await awaitLoadPod({ api: cluster.api, clock, namespace: 'pricectl', job: 'the-job', signal: new AbortController().signal })).toEqual(runningPod);
});

test.each<[string, readonly Pod[], RegExp]>([
  ['that does not come', [], /^job the-job has no pod after 120 s$/],
  ['that does not start', [creating], /has not started \(ContainerCreating\) after 120 s$/],
])('a pod %s is waited for for two minutes', async (_, pods, message) => {
  const { outcome } = await wait(pods);
  expect(outcome).toMatchObject({ kind: 'timeout', message: expect.stringMatching(message) });
});
