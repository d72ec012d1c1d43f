import { expect, test } from 'vitest';
import type { PodMetrics } from '../../tools/kube-objects.ts';
import { cpuOf, memoryOf, parseGoDuration, toPodSample } from './judge-samples.ts';
import { readCase } from './rollout-cases.fixture.ts';

const metrics: PodMetrics = {
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'PodMetrics',
  metadata: { name: 'metrics-7c9499b4cb-rk4s8' },
  timestamp: '2026-11-25T18:06:03Z',
  window: '18.693s',
  containers: [
    { name: 'api', usage: { cpu: '11829103n', memory: '12108Ki' } },
    { name: 'proxy', usage: { cpu: '1', memory: '1Mi' } },
  ],
};

test.each([
  ['18.693s', 18_693],
  ['1m30.5s', 90_500],
  ['250ms', 250],
  ['1h0m1s', 3_601_000],
  ['', undefined],
  ['12', undefined],
  ['1s x', undefined],
])('a Go duration of %s is %s ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test('CPU is rounded up per container, as the autoscaler does', () => {
  expect(cpuOf(metrics)).toBe(1_012);
  expect(memoryOf(metrics)).toBe(12_398_592 + 1_048_576);
});

test('a pod as the autoscaler sees it', () => {
  const [pod] = readCase('hpa-stabilized').pods;
  expect(toPodSample(pod!, metrics)).toEqual({
    name: 'metrics-7c9499b4cb-rk4s8',
    phase: 'Running',
    terminating: false,
    startTimeMs: Date.parse(pod!.status!.startTime!),
    readyCondition: { status: 'True', lastTransitionMs: expect.any(Number) },
    cpuRequestMillicores: 50,
    cpu: { millicores: 1_012, timestampMs: Date.parse('2026-11-25T18:06:03Z'), windowMs: 18_693 },
  });
  expect(toPodSample(pod!, undefined).cpu).toBeNull();
});

test('a container without a request makes the whole pod one without', () => {
  const [pod] = readCase('hpa-stabilized').pods;
  const [requestless] = readCase('hpa-no-request').pods;
  expect(toPodSample(requestless!, metrics).cpuRequestMillicores).toBeNull();
  const spec = { ...pod!.spec, initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };
  expect(toPodSample({ ...pod!, spec }, metrics).cpuRequestMillicores).toBeNull();
  expect(toPodSample({ ...pod!, spec: { ...spec, initContainers: [{ name: 'setup' }] } }, metrics).cpuRequestMillicores).toBe(50);
});
