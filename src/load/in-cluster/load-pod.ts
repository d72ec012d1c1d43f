import { loadJobLabel } from '../../targets/kubernetes/manifest-load-job.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { unlessForbidden } from '../../targets/kubernetes/unless-forbidden.ts';
import { type Clock, waitUntil } from '../../tools/clock.ts';
import { ToolError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { ContainerStatus, KubeEvent, Pod } from '../../tools/kube-objects.ts';

/** How often a pod that starts is looked at, and how long it may take. */
const pollMs = 250;
const startMs = 120_000;

/** How long a problem must last that may pass: a pull that is tried again, a node that makes room, a ConfigMap that the kubelet doesn't see yet. */
const passingMs = 20_000;

/** A pod to wait for. */
export interface LoadPodWait {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly namespace: string;
  /** Name of its Job. */
  readonly job: string;
  readonly signal: AbortSignal;
}

/**
 * Waits until the pod of a load job has started, and returns it. Throws ToolError `PRICECTL_E_LOAD_POD` as soon as it is clear that it can't,
 * TimeoutError, what the API throws, and the signal's reason on abort.
 */
export async function awaitLoadPod(wait: LoadPodWait): Promise<Pod> {
  const { clock, job, signal } = wait;
  const pod = await waitUntil<Pod | undefined>({
    poll: () => lookAtPod(wait),
    isDone: (pod) => pod !== undefined && hasStarted(pod),
    describe: (pod) => (pod === undefined ? `job ${job} has no pod` : `${pod.metadata.name} has not started (${describeWait(pod)})`),
    everyMs: pollMs,
    timeoutMs: startMs,
    signal,
    clock,
  });
  if (pod === undefined) throw new Error('a pod that nobody saw has started');
  return pod;
}

/** The status of the pod's one container. */
export function loadStatus(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.[0];
}

async function lookAtPod({ api, clock, namespace, job, signal }: LoadPodWait): Promise<Pod | undefined> {
  const paths = servicePaths({ namespace });
  const { items } = await api.list<Pod>(paths.pods, { labelSelector: `${loadJobLabel}=${job}` }, signal);
  const [pod] = items;
  if (pod === undefined) {
    const events = await unlessForbidden(api.list<KubeEvent>(paths.events, { fieldSelector: `involvedObject.kind=Job,involvedObject.name=${job}` }, signal));
    const refusal = events?.items.findLast(({ reason }) => reason === 'FailedCreate');
    if (refusal !== undefined) throw podError(`the cluster refuses a pod that makes load: ${refusal.message ?? 'no reason given'}`);
    return undefined;
  }
  const problem = problemOf(pod, clock.now());
  if (problem !== undefined) throw podError(`${pod.metadata.name} can't make load: ${problem}`);
  return pod;
}

function hasStarted(pod: Pod): boolean {
  const { running, terminated } = loadStatus(pod)?.state ?? {};
  return running !== undefined || terminated !== undefined || pod.status?.phase === 'Failed';
}

/** Why a pod won't start; undefined while it may. */
function problemOf(pod: Pod, nowMs: number): string | undefined {
  const isOld = nowMs - Date.parse(pod.metadata.creationTimestamp ?? '') > passingMs;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.reason === 'Unschedulable' && isOld) return `no node has room for it: ${scheduled.message ?? 'no reason given'}`;
  const waiting = loadStatus(pod)?.state?.waiting;
  const { reason = '', message = reason } = waiting ?? {};
  if (['InvalidImageName', 'ErrImageNeverPull'].includes(reason)) return message;
  const isPassing = ['ErrImagePull', 'ImagePullBackOff', 'CreateContainerConfigError', 'CreateContainerError'].includes(reason);
  return isPassing && isOld ? message : undefined;
}

function describeWait(pod: Pod): string {
  return loadStatus(pod)?.state?.waiting?.reason ?? pod.status?.phase ?? 'Pending';
}

function podError(message: string): ToolError {
  return new ToolError('PRICECTL_E_LOAD_POD', message, { hints: ['pricectl status'] });
}
