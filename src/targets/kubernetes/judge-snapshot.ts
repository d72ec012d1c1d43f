import type { Deployment, HorizontalPodAutoscaler, KubeEvent, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import type { ReplicaUsage } from '../replica-metrics.ts';
import { commonPriceData, describeRejection, type ServedPrices } from '../served-prices.ts';
import { idleAutoscaler } from '../idle-autoscaler.ts';
import type { AutoscalerSnapshot, PodSnapshot, ServiceIdentity, ServiceState, Snapshot } from '../target.ts';
import { explainAutoscaler, retraceAutoscaler } from './judge-autoscaler.ts';
import { toBehavior } from './judge-behavior.ts';
import { cpuPercentOf, cpuTargetOf } from './judge-metrics.ts';
import { findCondition, judgePod } from './judge-pod.ts';
import { describeRefusal } from './judge-rollout.ts';
import { cpuOf, memoryOf } from './judge-samples.ts';
import { toTimeMs } from './judge-time.ts';
import type { PodTrouble } from './judge-trouble.ts';
import { containerName } from './service-objects.ts';

/** What a ready pod says of itself; undefined is unknown. */
export interface PodAnswer {
  readonly prices: ServedPrices | undefined;
  readonly requests: number | undefined;
  readonly usage: ReplicaUsage | undefined;
}

/** All that a snapshot is made of. */
export interface SnapshotParts {
  readonly identity: ServiceIdentity;
  readonly url: string | null;
  /** The service's own; undefined when there is none. */
  readonly deployment: Deployment | undefined;
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  readonly pods: readonly Pod[];
  readonly podMetrics: readonly PodMetrics[];
  readonly events: readonly KubeEvent[];
  readonly answers: ReadonlyMap<string, PodAnswer>;
  readonly nowMs: number;
}

/** Whether a pod gets connections. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && findCondition(pod, 'Ready')?.status === 'True';
}

/** Puts a snapshot together. */
export function makeSnapshot(parts: SnapshotParts): Snapshot {
  const { identity, url, deployment, autoscaler, answers } = parts;
  if (deployment === undefined) return absentSnapshot(identity, parts.nowMs);
  const pods = parts.pods.map((pod) => describePod(pod, parts));
  const ready = pods.filter((pod) => pod.ready).length;
  const desired = deployment.spec.replicas ?? 1;
  const min = autoscaler?.spec.minReplicas ?? (autoscaler === undefined ? desired : 1);
  const isEnding = deployment.metadata.deletionTimestamp !== undefined;
  return {
    atMs: parts.nowMs,
    state: isEnding || desired === 0 ? 'stopped' : findState(pods, ready, min),
    identity,
    url,
    image: deployment.spec.template.spec.containers.find(({ name }) => name === containerName)?.image ?? null,
    replicas: { min, max: autoscaler?.spec.maxReplicas ?? desired, desired, ready },
    autoscaler: describeAutoscaler(parts),
    pods,
    prices: commonPriceData(parts.pods.filter((pod) => isReady(pod)).map((pod) => answers.get(pod.metadata.name)?.prices)),
    problem: isEnding ? 'the service is being removed' : findProblem(deployment, pods, ready),
  };
}

function absentSnapshot(identity: ServiceIdentity, atMs: number): Snapshot {
  return {
    atMs,
    state: 'absent',
    identity,
    url: null,
    image: null,
    replicas: { min: 0, max: 0, desired: 0, ready: 0 },
    autoscaler: idleAutoscaler('kubernetes', 0, 'there is none'),
    pods: [],
    prices: null,
    problem: null,
  };
}

function describePod(pod: Pod, { podMetrics, events, answers, nowMs }: SnapshotParts): PodSnapshot {
  const { name } = pod.metadata;
  const metrics = podMetrics.find(({ metadata }) => metadata.name === name);
  const answer = answers.get(name);
  const { usage } = answer ?? {};
  return {
    name,
    ready: isReady(pod),
    terminating: pod.metadata.deletionTimestamp !== undefined,
    restarts: pod.status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0,
    // Where requests are counted, CPU must be of the same window: their quotient is what a request costs.
    cpuMillicores: usage?.millicores ?? (metrics && cpuOf(metrics)) ?? null,
    memoryBytes: (metrics && memoryOf(metrics)) ?? null,
    requests: answer?.requests ?? null,
    requestsPerSecond: usage?.requestsPerSecond ?? null,
    pricesSha256: answer?.prices?.sha256 ?? null,
    problem: describeTrouble(judgePod(pod, events, nowMs)) ?? describeRejection(answer?.prices),
  };
}

/** What is wrong and what it said last, in one line. */
function describeTrouble(trouble: PodTrouble | undefined): string | undefined {
  const lastLine = trouble?.lastLines?.at(-1);
  return lastLine === undefined ? trouble?.text : `${trouble?.text}: ${lastLine}`;
}

/** A scale-out or a rollout under way is no fault: what is there answers. */
function findState(pods: readonly PodSnapshot[], ready: number, min: number): ServiceState {
  if (pods.some((pod) => pod.problem !== null)) return 'degraded';
  return ready >= min ? 'ready' : 'starting';
}

function describeAutoscaler({ autoscaler, pods, podMetrics, nowMs }: SnapshotParts): AutoscalerSnapshot {
  if (autoscaler === undefined) return idleAutoscaler('kubernetes', 0, 'there is none: the number of replicas stays');
  const { scaleUp, scaleDown } = toBehavior(autoscaler);
  return {
    kind: 'kubernetes',
    cpuPercent: cpuPercentOf(autoscaler) ?? null,
    cpuTarget: cpuTargetOf(autoscaler) ?? 0,
    explanation: explainAutoscaler(autoscaler, pods, podMetrics, nowMs),
    tolerance: { scaleUp: scaleUp.tolerance, scaleDown: scaleDown.tolerance },
    metricAgeMs: oldestMetricAgeMs(podMetrics, nowMs),
    nextSyncAtMs: null,
    decision: retraceAutoscaler(autoscaler, pods, podMetrics, nowMs),
  };
}

/** Null when nothing was measured. */
function oldestMetricAgeMs(podMetrics: readonly PodMetrics[], nowMs: number): number | null {
  const times = podMetrics.flatMap(({ timestamp }) => toTimeMs(timestamp) ?? []);
  return times.length === 0 ? null : Math.max(0, nowMs - Math.min(...times));
}

/** What is wrong with the service as a whole: nobody can use it, or it can't get its pods. */
function findProblem({ spec, status }: Deployment, pods: readonly PodSnapshot[], ready: number): string | null {
  if (spec.replicas === 0) return 'the service is set to 0 replicas';
  const failing = pods.find((pod) => pod.problem !== null);
  if (ready === 0 && failing !== undefined) return `no replica is ready: ${failing.name}: ${failing.problem}`;
  const refusal = status?.conditions?.find(({ type, status: isTrue }) => type === 'ReplicaFailure' && isTrue === 'True');
  return refusal === undefined ? null : describeRefusal(refusal);
}
