import type { ContainerStatus, KubeCondition, KubeEvent, Pod } from '../../tools/kube-objects.ts';
import { judgeEnding } from './judge-exit.ts';
import { unwrapPullMessage } from './judge-image.ts';
import { ageMs, formatDuration } from './judge-time.ts';
import type { PodTrouble } from './judge-trouble.ts';

/** Longer than the scheduler needs for a second look. */
const unschedulableMs = 20_000;

/** A kubelet may see a ConfigMap or its volume a little later than the pod. */
const lateObjectMs = 20_000;

/** Pulls that fail twice; where events can't be read, time must do. */
const pullMs = 60_000;

/** From when on a pod that isn't ready is worth a word, and from when on nobody need wait: a price list of gigabytes loads in less. */
const unreadyWordMs = 20_000;
const unreadyFinalMs = 90_000;

/** What keeps a pod from serving; undefined when nothing does, or when it is only young. `events` may be those of other objects too. */
export function judgePod(pod: Pod, events: readonly KubeEvent[], nowMs: number): PodTrouble | undefined {
  if (pod.metadata.deletionTimestamp !== undefined || findCondition(pod, 'Ready')?.status === 'True') return undefined;
  const own = events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata.uid);
  if (pod.status?.phase === 'Failed') return judgeFailed(pod);
  const unscheduled = judgeScheduling(pod, nowMs);
  if (unscheduled !== undefined) return unscheduled;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const troubles = statuses.flatMap((status) => (status.ready ? [] : (judgeContainer(pod, status, own, nowMs) ?? [])));
  return troubles.find((trouble) => trouble.outlook === 'final') ?? troubles[0];
}

/** The condition of a type, or undefined. */
export function findCondition(pod: Pod, type: string): KubeCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Evicted, or refused by its node: another pod comes in its place. */
function judgeFailed({ status }: Pod): PodTrouble {
  const reason = status?.reason ?? 'Failed';
  return { reason, text: `failed: ${status?.message ?? reason}`, outlook: 'passing', remedy: 'describe-pod', log: null };
}

function judgeScheduling(pod: Pod, nowMs: number): PodTrouble | undefined {
  const condition = findCondition(pod, 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return undefined;
  const outlook = ageMs(condition.lastTransitionTime, nowMs) > unschedulableMs ? 'shortage' : 'passing';
  const text = `finds no room: ${describeShortage(condition.message ?? 'no node takes it')}${describeRequests(pod)}`;
  return { reason: 'Unschedulable', text, outlook, remedy: 'describe-nodes', log: null };
}

/** `0/1 nodes are available: 1 Insufficient cpu`, without what preemption could do. */
function describeShortage(message: string): string {
  return message.replace(/\. .*$/s, '').replace(/\.$/, '');
}

function describeRequests({ spec }: Pod): string {
  const [requests] = spec.containers.map(({ resources }) => resources?.requests);
  if (requests === undefined) return '';
  return ` (it requests ${Object.entries(requests).map(([resource, quantity]) => `${quantity} ${resource}`).join(' and ')})`;
}

function judgeContainer(pod: Pod, status: ContainerStatus, events: readonly KubeEvent[], nowMs: number): PodTrouble | undefined {
  const waiting = status.state?.waiting;
  switch (waiting?.reason) {
    case 'InvalidImageName':
      return noImage(waiting.reason, `image ${status.image ?? ''} has a name that is none: ${unwrapPullMessage(waiting.message ?? waiting.reason)}`, 'final');
    case 'ErrImageNeverPull':
      return noImage(waiting.reason, `image ${status.image ?? ''} isn't on the node and may not be pulled`, 'final');
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return judgePull(pod, status, events, nowMs);
    case 'CreateContainerConfigError':
    case 'CreateContainerError': {
      const text = `container ${status.name} can't be created: ${waiting.message ?? waiting.reason}`;
      const outlook = ageMs(pod.metadata.creationTimestamp, nowMs) > lateObjectMs ? 'final' : 'passing';
      return { reason: waiting.reason, text, outlook, remedy: 'describe-pod', log: null };
    }
    case undefined:
      return judgeEnding(pod, status, events, nowMs) ?? judgeReadiness(pod, status, events, nowMs);
    default:
      return judgeEnding(pod, status, events, nowMs) ?? judgeMount(pod, events, nowMs);
  }
}

function noImage(reason: string, text: string, outlook: PodTrouble['outlook']): PodTrouble {
  return { reason, text, outlook, remedy: 'describe-pod', log: null };
}

function judgePull(pod: Pod, { state, image }: ContainerStatus, events: readonly KubeEvent[], nowMs: number): PodTrouble {
  const failures = events.filter(({ reason, message }) => reason === 'Failed' && message?.startsWith('Failed to pull image') === true);
  const count = failures.reduce((sum, event) => sum + (event.count ?? 1), 0);
  const isFinal = count >= 2 || ageMs(pod.metadata.creationTimestamp, nowMs) > pullMs;
  // A back-off's message doesn't always say why.
  const message = failures.at(-1)?.message ?? state?.waiting?.message ?? 'no reason given';
  return noImage(state?.waiting?.reason ?? 'ErrImagePull', `image ${image ?? ''} can't be pulled: ${unwrapPullMessage(message)}`, isFinal ? 'final' : 'passing');
}

function judgeMount(pod: Pod, events: readonly KubeEvent[], nowMs: number): PodTrouble | undefined {
  const event = events.findLast(({ reason }) => reason === 'FailedMount' || reason === 'FailedCreatePodSandBox');
  if (event === undefined) return undefined;
  const outlook = ageMs(pod.metadata.creationTimestamp, nowMs) > lateObjectMs ? 'final' : 'passing';
  const text = `can't be set up: ${event.message ?? event.reason ?? 'no reason given'}`;
  return { reason: event.reason ?? 'FailedMount', text, outlook, remedy: 'describe-pod', log: null };
}

/** Its process runs, and has not been ready for a while. */
function judgeReadiness(pod: Pod, { name, state }: ContainerStatus, events: readonly KubeEvent[], nowMs: number): PodTrouble | undefined {
  if (state?.running === undefined) return undefined;
  const unreadyMs = Math.min(ageMs(state.running.startedAt, nowMs), ageMs(findCondition(pod, 'Ready')?.lastTransitionTime, nowMs));
  if (unreadyMs < unreadyWordMs) return undefined;
  const probe = events.findLast(({ reason }) => reason === 'Unhealthy')?.message;
  const isFinal = probe !== undefined && unreadyMs >= unreadyFinalMs;
  const words = isFinal ? `has not been ready for ${formatDuration(unreadyMs)}` : "isn't ready yet";
  const text = `container ${name} ${words}${probe === undefined ? '' : `: ${probe}`}`;
  return { reason: 'Unhealthy', text, outlook: isFinal ? 'final' : 'passing', remedy: 'ask-readiness', log: { container: name, previous: false } };
}
