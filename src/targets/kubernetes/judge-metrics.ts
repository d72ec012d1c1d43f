import type { HorizontalPodAutoscaler, KubeCondition } from '../../tools/kube-objects.ts';

/** Why an autoscaler has no CPU to go by. */
export interface MissingMetrics {
  readonly cause: 'off' | 'no-request' | 'no-api' | 'api-down' | 'not-measured' | 'not-counted' | 'forbidden' | 'not-looked' | 'other';
  /** In words, lower case, no stop. */
  readonly text: string;
  /** Whether waiting doesn't help. */
  readonly isFinal: boolean;
}

/** The condition of a type, or undefined. */
export function findHpaCondition({ status }: HorizontalPodAutoscaler, type: string): KubeCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Average CPU over the pods as percent of their request, as the autoscaler last read it; undefined while it reads none. */
export function cpuPercentOf({ status }: HorizontalPodAutoscaler): number | undefined {
  return status?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current?.averageUtilization;
}

/** Percent of the request that the autoscaler steers towards; undefined when it goes by something else. */
export function cpuTargetOf({ spec }: HorizontalPodAutoscaler): number | undefined {
  return spec.metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.target?.averageUtilization;
}

/** Whether the autoscaler reads real metrics: it says so, and has a number. */
export function readsMetrics(autoscaler: HorizontalPodAutoscaler): boolean {
  return findHpaCondition(autoscaler, 'ScalingActive')?.status === 'True' && cpuPercentOf(autoscaler) !== undefined;
}

/**
 * Why the autoscaler reads no metrics, from its own condition; undefined when it does, or has not looked yet. The messages are those of
 * pkg/controller/podautoscaler (horizontal.go, replica_calculator.go, metrics/client.go) of Kubernetes 1.36.
 */
export function explainMissingMetrics(autoscaler: HorizontalPodAutoscaler): MissingMetrics | undefined {
  const condition = findHpaCondition(autoscaler, 'ScalingActive');
  if (condition === undefined || condition.status === 'True') return undefined;
  const message = condition.message ?? '';
  if (condition.reason === 'ScalingDisabled') return { cause: 'off', text: 'it is off: the service is set to 0 replicas', isFinal: true };
  const request = /missing request for (\w+) in container (\S+) of Pod (\S+)/.exec(message);
  if (request !== null) return { cause: 'no-request', text: `container ${request[2]} of ${request[3]} requests no ${request[1]}`, isFinal: true };
  const known = causes.find(({ pattern }) => pattern.test(message));
  return known ?? { cause: 'other', text: message === '' ? (condition.reason ?? 'no reason given') : message, isFinal: false };
}

/** There is no metrics-server. */
export const noMetricsApi: MissingMetrics = { cause: 'no-api', text: 'the cluster has no metrics API (metrics-server is missing)', isFinal: true };

const causes: readonly (MissingMetrics & { readonly pattern: RegExp })[] = [
  { pattern: /could not find the requested resource/, ...noMetricsApi },
  { pattern: /unable to handle the request/, cause: 'api-down', text: 'the metrics API is down (metrics-server does not answer)', isFinal: false },
  { pattern: /no metrics returned from resource metrics API/, cause: 'not-measured', text: 'the pods have not been measured yet', isFinal: false },
  { pattern: /did not receive metrics for targeted pods/, cause: 'not-counted', text: 'none of the pods counts yet: their first measurement must cover a time in which they were ready', isFinal: false },
  { pattern: /forbidden/, cause: 'forbidden', text: 'the autoscaler may not read the metrics API', isFinal: true },
];
