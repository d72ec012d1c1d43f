import type { HorizontalPodAutoscaler, HpaMetric, KubeEvent, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import type { AutoscalerSight, Scale } from './judge-hpa-sight.ts';

/** The moment of the sights below. */
export const sightMs = Date.parse('2026-11-25T12:00:00Z');

/** RFC 3339, so many seconds before the sight. */
export function before(seconds: number): string {
  return new Date(sightMs - seconds * 1_000).toISOString();
}

/** A metric on utilization of the request. */
export function utilization(name: string, averageUtilization: number): HpaMetric {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** An external metric with a target of so much a pod, or, as status, with its value. */
export function external(name: string, averageValue: string, part: 'target' | 'current' = 'target'): HpaMetric {
  return { type: 'External', external: { metric: { name }, [part]: { type: 'AverageValue', averageValue } } };
}

/** HPA `web` on Deployment `web`, 2 to 10, CPU 50 %, that last looked 5 s ago and never scaled. */
export function makeAutoscaler(spec: Partial<HorizontalPodAutoscaler['spec']> = {}, status: HorizontalPodAutoscaler['status'] = {}): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop', uid: 'hpa-1', creationTimestamp: before(86_400), managedFields: [{ subresource: 'status', time: before(5) }] },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 10, metrics: [utilization('cpu', 50)], behavior: {}, ...spec },
    status: { currentReplicas: 4, desiredReplicas: 4, ...status },
  };
}

/** The scale of Deployment `web`. */
export function makeScale(replicas: number, statusReplicas = replicas): Scale {
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas }, status: { replicas: statusReplicas, selector: 'app=web' } };
}

/** A pod that has been ready for an hour and requests 100m and 100Mi in container `app`. */
export function makePod(name: string, status: Pod['status'] = {}, requests: Readonly<Record<string, string>> = { cpu: '100m', memory: '100Mi' }): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'app', resources: { requests } }] },
    status: { phase: 'Running', startTime: before(3_600), conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before(3_590) }], ...status },
  };
}

/** What metrics-server measured of a pod, over 15 s until 10 s ago. */
export function makeMetrics(name: string, cpu: string, memory = '50Mi', timestamp = before(10)): PodMetrics {
  return { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', metadata: { name, labels: { app: 'web' } }, timestamp, window: '15s', containers: [{ name: 'app', usage: { cpu, memory } }] };
}

/** The controller's event of a scaling. */
export function makeScaling(size: number, seconds: number, reason = 'cpu resource utilization (percentage of request) above target'): KubeEvent {
  const time = before(seconds);
  return { apiVersion: 'v1', kind: 'Event', metadata: { name: `web.${size}` }, involvedObject: { uid: 'hpa-1' }, reason: 'SuccessfulRescale', message: `New size: ${size}; reason: ${reason}`, count: 1, firstTimestamp: time, lastTimestamp: time };
}

/** HPA `web` with four pods that use so much CPU each. */
export function makeSight(cpu: string, parts: Partial<AutoscalerSight> = {}): AutoscalerSight {
  const names = ['web-1', 'web-2', 'web-3', 'web-4'];
  return {
    context: 'prod',
    autoscaler: makeAutoscaler(),
    scale: makeScale(4),
    pods: names.map((name) => makePod(name)),
    podMetrics: names.map((name) => makeMetrics(name, cpu)),
    events: [],
    whyUnknown: null,
    isMetricsApiFailing: false,
    denials: [],
    nowMs: sightMs,
    ...parts,
  };
}
