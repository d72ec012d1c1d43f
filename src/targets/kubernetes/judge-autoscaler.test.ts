import { expect, test } from 'vitest';
import type { HorizontalPodAutoscaler, KubeCondition, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { explainAutoscaler } from './judge-autoscaler.ts';
import { readCase } from './rollout-cases.fixture.ts';

const nowMs = Date.parse('2026-11-25T18:06:14Z');

type Status = NonNullable<HorizontalPodAutoscaler['status']>;

function autoscalerOf(name: string): HorizontalPodAutoscaler {
  const { autoscaler } = readCase(name);
  if (autoscaler === null) throw new Error(`${name} has no autoscaler`);
  return autoscaler;
}

/** The captured autoscaler between 3 and 10 at target 50, with other words. */
function autoscaler(percent: number, status: Partial<Status>, conditions: Readonly<Record<string, string>> = {}): HorizontalPodAutoscaler {
  const base = autoscalerOf('hpa-stabilized');
  const said: readonly KubeCondition[] = [
    { type: 'AbleToScale', status: 'True', reason: conditions['AbleToScale'] ?? 'ReadyForNewScale' },
    { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
    { type: 'ScalingLimited', status: conditions['ScalingLimited'] === undefined ? 'False' : 'True', reason: conditions['ScalingLimited'] ?? 'DesiredWithinRange' },
  ];
  const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percent } } }];
  return { ...base, spec: { ...base.spec, minReplicas: 3, maxReplicas: 10 }, status: { ...base.status, ...status, conditions: said, currentMetrics } };
}

/** That many ready pods that request 50m, as captured under other names. */
function pods(count: number): readonly Pod[] {
  const [pod] = readCase('hpa-stabilized').pods;
  if (pod === undefined) throw new Error('no pod was captured');
  return Array.from({ length: count }, (_, index) => ({ ...pod, metadata: { ...pod.metadata, name: `p${index}` } }));
}

function metrics(count: number, timestamp = '2026-11-25T18:06:03Z'): readonly PodMetrics[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name: `p${index}` },
    timestamp,
    window: '18.693s',
    containers: [{ name: 'api', usage: { cpu: '11829103n', memory: '12108Ki' } }],
  }));
}

test.each([
  ['hpa-new', 'it has not looked yet'],
  ['hpa-not-measured', 'the pods have not been measured yet: keeps 1'],
  ['hpa-no-request', 'container api of no-request-5d4c7b8c4f-997cg requests no cpu: keeps 1'],
  ['hpa-api-down', 'the metrics API is down (metrics-server does not answer): keeps 2'],
  ['hpa-no-api', 'the cluster has no metrics API (metrics-server is missing): keeps 2'],
])('%s: %s', (name, words) => {
  expect(explainAutoscaler(autoscalerOf(name), readCase(name).pods, [], nowMs)).toBe(words);
});

test('as captured: the highest wish of the window holds', () => {
  const captured = readCase('hpa-stabilized');
  const measured = captured.pods.map((pod) => ({ ...metrics(1)[0]!, metadata: { name: pod.metadata.name } }));
  expect(explainAutoscaler(autoscalerOf('hpa-stabilized'), captured.pods, measured, nowMs)).toBe(
    'CPU 25 % of request, target 50 %: wants 1; holding 2: highest wish of the last 300 s',
  );
});

test.each([
  [131, 3, 7, { AbleToScale: 'SucceededRescale', ScalingLimited: 'ScaleUpLimit' }, 'CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7'],
  [131, 3, 8, { AbleToScale: 'SucceededRescale' }, 'CPU 131 % of request, target 50 %: wants 8'],
  [51, 3, 3, {}, 'CPU 51 % of request, target 50 %: within tolerance (45 % to 55 %), keeps 3'],
  [500, 8, 10, { AbleToScale: 'SucceededRescale', ScalingLimited: 'TooManyReplicas' }, 'CPU 500 % of request, target 50 %: wants 80; the maximum is 10'],
  [1, 3, 3, { ScalingLimited: 'TooFewReplicas' }, 'CPU 1 % of request, target 50 %: wants 1; the minimum is 3'],
  [10, 8, 8, { AbleToScale: 'ScaleDownStabilized' }, 'CPU 10 % of request, target 50 %: wants 2; holding 8: highest wish of the last 300 s'],
  [10, 8, 6, { AbleToScale: 'ScaleDownStabilized' }, 'CPU 10 % of request, target 50 %: wants 2; going to 6: highest wish of the last 300 s'],
])('%d %%, %d -> %d, %o', (percent, current, desired, conditions, words) => {
  const status = { currentReplicas: current, desiredReplicas: desired };
  expect(explainAutoscaler(autoscaler(percent, status, conditions), pods(current), metrics(current), nowMs)).toBe(words);
});

test("the autoscaler's own percentage counts, not that of newer metrics", () => {
  expect(explainAutoscaler(autoscaler(131, { currentReplicas: 3, desiredReplicas: 8 }), pods(3), metrics(3), nowMs)).toMatch(/^CPU 131 % /);
});

test('a percentage is not cut by floating point', () => {
  const requesting = pods(3).map((pod) => ({ ...pod, spec: { ...pod.spec, containers: [{ name: 'api', resources: { requests: { cpu: '70m' } } }] } }));
  expect(explainAutoscaler(autoscaler(57, { currentReplicas: 3, desiredReplicas: 4 }), requesting, metrics(3), nowMs)).toBe('CPU 57 % of request, target 50 %: wants 4');
});

/** The pod, made and started then. */
function madeAt(pod: Pod, time: string): Pod {
  return { ...pod, metadata: { ...pod.metadata, creationTimestamp: time }, status: { ...pod.status, startTime: time } };
}

test('pods that its last look made did not count in it', () => {
  const status = { currentReplicas: 3, desiredReplicas: 6, lastScaleTime: '2026-11-25T18:06:02Z' };
  const [old, made] = [pods(6).slice(0, 3), pods(6).slice(3).map((pod) => madeAt(pod, '2026-11-25T18:06:02Z'))];
  const words = explainAutoscaler(autoscaler(100, status, { AbleToScale: 'SucceededRescale' }), [...old, ...made], metrics(3), nowMs);
  expect(words).toBe('CPU 100 % of request, target 50 %: wants 6');
});

test('a young pod may not have been measured at its last look', () => {
  const status = { currentReplicas: 4, desiredReplicas: 4 };
  const young = pods(4).map((pod, index) => (index === 3 ? madeAt(pod, '2026-11-25T18:05:30Z') : pod));
  expect(explainAutoscaler(autoscaler(63, status), young, metrics(4), nowMs)).toBe(
    'CPU 63 % of request, target 50 %: 47 % with the others counted, within tolerance (45 % to 55 %), keeps 4; counted as idle: 1 without metric',
  );
});

test.each([
  [4, 'keeps 4, last scaled 12 s ago'],
  [7, 'went from 4 to 7 12 s ago'],
])('what can not be retraced leaves only its numbers: %d', (desired, words) => {
  const status = { currentReplicas: 4, desiredReplicas: desired, lastScaleTime: '2026-11-25T18:06:02Z' };
  expect(explainAutoscaler(autoscaler(200, status), pods(4), metrics(4), nowMs)).toBe(`CPU 200 % of request, target 50 %: ${words}`);
});

test('pods that do not count are named', () => {
  const words = explainAutoscaler(autoscaler(51, { currentReplicas: 4, desiredReplicas: 4 }), pods(4), metrics(3), nowMs);
  expect(words).toBe('CPU 51 % of request, target 50 %: 38 % with the others counted, on the other side of the target, keeps 4; counted as idle: 1 without metric');
});

test('an old metric is told', () => {
  const words = explainAutoscaler(autoscaler(51, { currentReplicas: 3, desiredReplicas: 3 }), pods(3), metrics(3, '2026-11-25T18:05:14Z'), nowMs);
  expect(words).toMatch(/^CPU 51 % of request \(60 s old\), target 50 %/);
});

test('an autoscaler that may not scale, and one that is off', () => {
  const broken = autoscaler(51, { currentReplicas: 3, desiredReplicas: 3 });
  const unable: KubeCondition = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: 'deployments.apps "x" not found' };
  expect(explainAutoscaler({ ...broken, status: { ...broken.status, conditions: [unable] } }, [], [], nowMs)).toBe(`it can't scale: deployments.apps "x" not found: keeps 3`);
  const off: KubeCondition = { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: 'scaling is disabled' };
  expect(explainAutoscaler({ ...broken, status: { currentReplicas: 0, desiredReplicas: 0, conditions: [off] } }, [], [], nowMs)).toBe('off: the service is set to 0 replicas');
});
