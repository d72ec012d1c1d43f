import type { CpuSample, PodSample } from '../../autoscale/pods.ts';
import type { KubeContainer, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { findCondition } from './judge-pod.ts';
import { parseQuantity } from './judge-quantity.ts';
import { parseGoDuration } from './judge-samples.ts';
import { toTimeMs } from './judge-time.ts';

/** What of a pod is measured: a resource of all its containers, or of one. */
export interface MeasuredResource {
  readonly resource: string;
  /** Null is all. */
  readonly container: string | null;
}

/** Containers of pods that don't request a resource: what keeps an autoscaler from computing a utilization. */
export interface MissingRequest {
  readonly pod: string;
  /** Null where the pod itself or a container that isn't there is at fault. */
  readonly container: string | null;
}

/** Resources that a pod as a whole may request. */
const podLevelResources = ['cpu', 'memory'];

/** Thousandths of what a quantity stands for, rounded up as Kubernetes does; undefined for what is missing or no quantity. */
export function toMilli(quantity: string | undefined): number | undefined {
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  // A product of decimals has digits behind the last that was given, which must not round up.
  return value === undefined ? undefined : Math.ceil(Number((value * 1_000).toFixed(6)));
}

/** What an autoscaler must know of a pod; `metrics` is undefined when nobody measured it. Numbers are thousandths of the resource's unit. */
export function toResourceSample(pod: Pod, metrics: PodMetrics | undefined, measured: MeasuredResource): PodSample {
  const ready = findCondition(pod, 'Ready');
  return {
    name: pod.metadata.name,
    phase: pod.status?.phase ?? 'Unknown',
    terminating: pod.metadata.deletionTimestamp !== undefined,
    startTimeMs: toTimeMs(pod.status?.startTime) ?? null,
    readyCondition: ready === undefined ? null : { status: ready.status, lastTransitionMs: toTimeMs(ready.lastTransitionTime) ?? 0 },
    cpuRequestMillicores: requestOf(pod, measured) ?? null,
    cpu: (metrics && usageOf(metrics, measured)) ?? null,
  };
}

/** What keeps a pod's request from being known; undefined when it is known. */
export function findMissingRequest(pod: Pod, measured: MeasuredResource): MissingRequest | undefined {
  if (requestOf(pod, measured) !== undefined) return undefined;
  const lacking = measuredContainers(pod, measured).find((container) => toMilli(container.resources?.requests?.[measured.resource]) === undefined);
  return { pod: pod.metadata.name, container: lacking?.name ?? null };
}

/** The request as the autoscaler has it (Kubernetes 1.36: pkg/controller/podautoscaler/replica_calculator.go, calculateRequests); undefined when it is missing. */
function requestOf(pod: Pod, measured: MeasuredResource): number | undefined {
  const { resource, container } = measured;
  const ofPod = pod.spec.resources?.requests ?? {};
  const fromContainers = sum(measuredContainers(pod, measured).map(({ resources }) => toMilli(resources?.requests?.[resource])));
  if (container !== null || !podLevelResources.some((name) => name in ofPod)) return fromContainers;
  const request = toMilli(ofPod[resource]) ?? fromContainers;
  return request === undefined ? undefined : request + (toMilli(pod.spec.overhead?.[resource]) ?? 0);
}

function measuredContainers({ spec }: Pod, { container }: MeasuredResource): readonly KubeContainer[] {
  const besides = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...besides].filter(({ name }) => container === null || name === container);
}

function usageOf(metrics: PodMetrics, { resource, container }: MeasuredResource): CpuSample | undefined {
  const timestampMs = toTimeMs(metrics.timestamp);
  const windowMs = parseGoDuration(metrics.window);
  const usages = metrics.containers.filter(({ name }) => container === null || name === container).map(({ usage }) => toMilli(Object.entries(usage).find(([name]) => name === resource)?.[1]));
  const usage = sum(usages);
  return timestampMs === undefined || windowMs === undefined || usage === undefined ? undefined : { millicores: usage, timestampMs, windowMs };
}

/** Undefined for none, and when one of them is unknown. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
}
