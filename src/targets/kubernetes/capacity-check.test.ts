import { expect, test, vi } from 'vitest';
import { TimeoutError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { KubeNode, Pod } from '../../tools/kube-objects.ts';
import { checkCapacity } from './capacity-check.ts';
import { createFakeService } from './fake-service.fixture.ts';
import { countFitting, describeShortfall } from './judge-capacity.ts';
import { readCase } from './rollout-cases.fixture.ts';

const request = { cpuMillicores: 100, memoryBytes: 2 ** 27 };

function node(name: string, cpu: string, changes: Partial<KubeNode['spec']> = {}, ready = true): KubeNode {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: changes,
    status: { allocatable: { cpu, memory: '4Gi', pods: '110' }, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function pod(nodeName: string, cpu: string, changes: Partial<Pod['spec']> = {}, phase: 'Running' | 'Succeeded' = 'Running'): Pod {
  const containers = [{ name: 'a', resources: { requests: { cpu, memory: '64Mi' } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'other', namespace: 'other' }, spec: { nodeName, containers, ...changes }, status: { phase } };
}

function container(cpu: string) {
  return { name: 'i', resources: { requests: { cpu } } };
}

test('each node holds what it has left', () => {
  expect(countFitting([node('a', '2')], [], request)).toBe(20);
  expect(countFitting([node('a', '2'), node('b', '250m')], [pod('a', '950m')], request), '10 on a, 2 on b').toBe(12);
  expect(countFitting([node('a', '2')], [pod('a', '2', {}, 'Succeeded')], request), 'what has ended takes nothing').toBe(20);
  expect(countFitting([node('a', '64')], [], request), 'memory runs out first').toBe(32);
  expect(countFitting([node('a', '1')], [pod('a', '3')], request)).toBe(0);
});

test('places for pods count too', () => {
  const small = node('a', '64');
  const crowded = { ...small, status: { ...small.status, allocatable: { cpu: '64', memory: '64Gi', pods: '5' } } };
  expect(countFitting([crowded], [pod('a', '0'), pod('a', '0')], request)).toBe(3);
});

test('nodes that take no plain pod hold none', () => {
  expect(countFitting([node('a', '2', { unschedulable: true })], [], request)).toBe(0);
  expect(countFitting([node('a', '2', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] })], [], request)).toBe(0);
  expect(countFitting([node('a', '2', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] })], [], request)).toBe(20);
  expect(countFitting([node('a', '2', {}, false)], [], request)).toBe(0);
});

test('what runs beside the containers, what the start takes and the overhead count', () => {
  const beside = { ...container('300m'), restartPolicy: 'Always' };
  expect(countFitting([node('a', '2')], [pod('a', '500m', { initContainers: [beside] })], request)).toBe(12);
  expect(countFitting([node('a', '2')], [pod('a', '500m', { initContainers: [container('1')] })], request), 'the start takes more').toBe(10);
  expect(countFitting([node('a', '2')], [pod('a', '500m', { initContainers: [beside, container('1')] })], request), 'beside what was started before').toBe(7);
  expect(countFitting([node('a', '2')], [pod('a', '500m', { overhead: { cpu: '250m' } })], request)).toBe(12);
});

test('a shortfall is told with the number that fits', () => {
  expect(describeShortfall(11, 10, request)).toBeUndefined();
  expect(describeShortfall(10, 10, request)).toBe(
    'the nodes have room for 10 replicas and no more (each requests 100m CPU and 128Mi): a rollout at that number waits for a place for its extra pod',
  );
  expect(describeShortfall(6, 10, request)).toBe('the nodes have room for 6 of at most 10 replicas (each requests 100m CPU and 128Mi): a lower --max or --cpu-request fits');
});

test("the service's own pods are not in the way of the service", async () => {
  const captured = readCase('hpa-stabilized');
  const { service, api } = createFakeService(captured);
  api.collection('/api/v1/nodes', [node('rollout', '500m')]);
  api.collection('/api/v1/pods', [...captured.pods, pod('rollout', '300m')]);
  expect(await checkCapacity(service, 1, request, new AbortController().signal)).toBeUndefined();
  expect(await checkCapacity(service, 4, request, new AbortController().signal)).toMatch(/^the nodes have room for 2 of at most 4 replicas/);
});

test('what may not be read is no warning', async () => {
  const { service, api } = createFakeService(readCase('hpa-stabilized'));
  api.collection('/api/v1/nodes', []);
  api.answer('/api/v1/pods', { error: new KubeApiError(403, 'Forbidden', 'pods is forbidden') });
  expect(await checkCapacity(service, 4, request, new AbortController().signal)).toBeUndefined();
  api.answer('/api/v1/pods', { error: new KubeApiError(500, 'InternalError', 'broken') });
  await expect(checkCapacity(service, 4, request, new AbortController().signal)).rejects.toThrow('broken');
});

test('what is too much to be looked at, or comes too late, is no warning', async () => {
  const { service, api } = createFakeService(readCase('hpa-stabilized'));
  const signal = new AbortController().signal;
  api.collection('/api/v1/nodes', [node('rollout', '500m')]);
  api.collection('/api/v1/pods', []);
  const list = vi.spyOn(api, 'list');
  expect(await checkCapacity(service, 9, request, signal)).toMatch(/room for 5/);
  expect(list.mock.calls.map(([path, { limit }]) => [path, limit])).toEqual([['/api/v1/nodes', 500], ['/api/v1/pods', 5_000]]);
  api.answer('/api/v1/pods', { json: { metadata: { continue: 'next' }, items: [] } });
  expect(await checkCapacity(service, 9, request, signal)).toBeUndefined();
  api.answer('/api/v1/pods', { json: { metadata: { continue: '' }, items: [] } });
  expect(await checkCapacity(service, 9, request, signal)).toMatch(/room for 5/);
  api.answer('/api/v1/pods', { error: new TimeoutError('PRICECTL_E_KUBE_TIMEOUT', 'late') });
  expect(await checkCapacity(service, 9, request, signal)).toBeUndefined();
});

test("the command's own time-out ends the look", async () => {
  const { service, api } = createFakeService(readCase('hpa-stabilized'));
  const abort = new AbortController();
  api.collection('/api/v1/nodes', []);
  api.collection('/api/v1/pods', []);
  abort.abort(new TimeoutError('PRICECTL_E_TIMEOUT', 'the command took too long'));
  await expect(checkCapacity(service, 1, request, abort.signal)).rejects.toThrow('the command took too long');
});

test('a replica that our node could never hold is refused; another cluster may get a larger node', async () => {
  const { service, api } = createFakeService(readCase('hpa-stabilized'));
  const signal = new AbortController().signal;
  const huge = { ...request, cpuMillicores: 4_000 };
  api.collection('/api/v1/pods', [pod('rollout', '1900m')]);
  api.collection('/api/v1/nodes', [node('rollout', '2')]);
  await expect(checkCapacity(service, 1, huge, signal)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_NODE_HOLDS', kind: 'negative' });
  expect(await checkCapacity(service, 1, request, signal), 'it fits as soon as the other pod is gone').toMatch(/room for 1/);
  api.collection('/api/v1/nodes', [node('rollout', '2', {}, false)]);
  expect(await checkCapacity(service, 1, huge, signal), 'no node is ready yet').toMatch(/room for 0/);
  api.collection('/api/v1/nodes', [node('rollout', '2')]);
  const elsewhere = { ...service, identity: { ...service.identity, target: 'kube' as const } };
  expect(await checkCapacity(elsewhere, 1, huge, signal)).toMatch(/room for 0/);
});
