import type { CpuSample, PodSample } from '../../autoscale/pods.ts';
import type { KubeContainer, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { findCondition } from './judge-pod.ts';
import { toBytes, toMillicores } from './judge-quantity.ts';
import { toTimeMs } from './judge-time.ts';

/** What an autoscaler must know of a pod; `metrics` is undefined when nobody measured it. */
export function toPodSample(pod: Pod, metrics: PodMetrics | undefined): PodSample {
  const ready = findCondition(pod, 'Ready');
  return {
    name: pod.metadata.name,
    phase: pod.status?.phase ?? 'Unknown',
    terminating: pod.metadata.deletionTimestamp !== undefined,
    startTimeMs: toTimeMs(pod.status?.startTime) ?? null,
    readyCondition: ready === undefined ? null : { status: ready.status, lastTransitionMs: toTimeMs(ready.lastTransitionTime) ?? 0 },
    cpuRequestMillicores: sumRequests(pod),
    cpu: toCpuSample(metrics) ?? null,
  };
}

/** CPU that a pod's containers request together; null when one of them requests none, as the autoscaler has it. */
function sumRequests({ spec }: Pod): number | null {
  const besides = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const requests = [...spec.containers, ...besides].map((container) => requestOf(container));
  return requests.reduce<number | null>((sum, request) => (sum === null || request === undefined ? null : sum + request), 0);
}

function requestOf({ resources }: KubeContainer): number | undefined {
  return toMillicores(resources?.requests?.['cpu']);
}

/** A pod's CPU as metrics-server measured it; undefined for what can't be read. */
function toCpuSample(metrics: PodMetrics | undefined): CpuSample | undefined {
  const timestampMs = toTimeMs(metrics?.timestamp);
  const windowMs = parseGoDuration(metrics?.window ?? '');
  const millicores = metrics && cpuOf(metrics);
  return timestampMs === undefined || windowMs === undefined || millicores === undefined ? undefined : { millicores, timestampMs, windowMs };
}

/** CPU of all containers in thousandths of a core, rounded up per container; undefined for what can't be read. */
export function cpuOf({ containers }: PodMetrics): number | undefined {
  return sum(containers.map(({ usage }) => toMillicores(usage.cpu)));
}

/** Memory of all containers; undefined for what can't be read. */
export function memoryOf({ containers }: PodMetrics): number | undefined {
  return sum(containers.map(({ usage }) => toBytes(usage.memory)));
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, µs: 1e-3, us: 1e-3, ns: 1e-6 };

/** Milliseconds of a Go duration: `1m30.5s` is 90,500; undefined for what isn't one. */
export function parseGoDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|µs|us|ns))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)/g)];
  return parts.reduce((total, [, value, unit = '']) => total + Number(value) * (unitMs[unit] ?? 0), 0);
}
