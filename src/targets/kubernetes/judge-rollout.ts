import type { Deployment, HorizontalPodAutoscaler, KubeCondition, KubeEvent, Pod, ReplicaSet } from '../../tools/kube-objects.ts';
import { judgePod } from './judge-pod.ts';
import { ageMs, toTimeMs } from './judge-time.ts';
import type { PodTrouble } from './judge-trouble.ts';

/** All that is known of a service's pods and of what makes them. */
export interface RolloutView {
  readonly deployment: Deployment | undefined;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  /** Warnings about the pods; none when they may not be read. */
  readonly events: readonly KubeEvent[];
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  /** When the wait for this rollout began: an older word of failure is of the attempt before. */
  readonly sinceMs: number;
}

/** Why a rollout failed. */
export interface RolloutFailure extends PodTrouble {
  /** Null when there is no pod to name. */
  readonly pod: string | null;
}

/** How a rollout stands. */
export type RolloutVerdict =
  | { readonly kind: 'progressing'; readonly text: string }
  /** `notes` are sentences that the user should know nonetheless. */
  | { readonly kind: 'done'; readonly text: string; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: RolloutFailure };

/** A ReplicaSet's word that it can't make pods may be of a quota that ending pods still use. */
const refusalMs = 20_000;

/**
 * How the newest rollout stands: the logic of `kubectl rollout status` (kubectl's pkg/polymorphichelpers/rollout_status.go,
 * DeploymentStatusViewer), which knows nothing of pods, and a look at the new pods, so that what can't succeed fails at once. Pods of older
 * ReplicaSets don't count: they are on their way out.
 */
export function judgeRollout(view: RolloutView, nowMs: number): RolloutVerdict {
  const { deployment } = view;
  if (deployment === undefined) return { kind: 'progressing', text: 'waits for the deployment' };
  const { metadata, status = {} } = deployment;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return { kind: 'progressing', text: 'waits for the deployment to be seen' };
  const failures = findFailures(view, deployment, nowMs);
  const final = failures.find((failure) => failure.outlook === 'final');
  if (final !== undefined) return { kind: 'failed', failure: final };
  const minimum = view.autoscaler === undefined ? (deployment.spec.replicas ?? 1) : (view.autoscaler.spec.minReplicas ?? 1);
  const progress = describeProgress(view, deployment, minimum);
  if (progress === undefined) return { kind: 'done', text: describeReady(deployment), notes: [] };
  const shortage = failures.find((failure) => failure.outlook === 'shortage');
  return shortage === undefined ? judgeProgress(view, deployment, failures, progress) : judgeShortage(view, deployment, shortage, minimum);
}

/** What is awaited, as `kubectl rollout status` and the autoscaler's minimum have it; undefined when nothing is. */
function describeProgress({ replicaSets }: RolloutView, deployment: Deployment, minimum: number): string | undefined {
  const desired = deployment.spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  const ready = findNewReplicaSet(deployment, replicaSets)?.status?.availableReplicas ?? 0;
  // The autoscaler sets the minimum at its next look, within 15 s; 0 replicas switch it off.
  if (desired > 0 && desired < minimum) return `${ready} of ${minimum} ready, waits for the autoscaler to ask for ${minimum}`;
  const outdated = replicas - updatedReplicas;
  const replacing = outdated > 0 ? `, ${outdated} to be replaced` : '';
  const isComplete = updatedReplicas >= desired && outdated <= 0 && availableReplicas >= updatedReplicas;
  return isComplete ? undefined : `${ready} of ${desired} ready${replacing}`;
}

function describeReady({ spec, status }: Deployment): string {
  return `${status?.availableReplicas ?? 0} of ${spec.replicas ?? 1} ready`;
}

/** What is wrong with the new pods, and with the making of them. */
function findFailures(view: RolloutView, deployment: Deployment, nowMs: number): readonly RolloutFailure[] {
  const newest = findNewReplicaSet(deployment, view.replicaSets);
  if (newest === undefined) return [];
  const pods = podsOf(view.pods, newest);
  const troubles = pods.flatMap((pod) => {
    const trouble = judgePod(pod, view.events, nowMs);
    return trouble === undefined ? [] : [{ pod: pod.metadata.name, ...trouble }];
  });
  return [...troubles, ...judgeRefusal(newest, nowMs)];
}

/** The ReplicaSet that a Deployment is about to fill: both carry the number of the revision. */
export function findNewReplicaSet(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const revision = revisionOf(deployment);
  const own = replicaSets.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid));
  return revision === undefined ? undefined : own.find((replicaSet) => revisionOf(replicaSet) === revision);
}

function revisionOf({ metadata }: Deployment | ReplicaSet): string | undefined {
  return metadata.annotations?.['deployment.kubernetes.io/revision'];
}

/** Pods of a ReplicaSet that aren't being deleted. */
export function podsOf(pods: readonly Pod[], replicaSet: ReplicaSet): readonly Pod[] {
  return pods.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined && metadata.ownerReferences?.some(({ uid }) => uid === replicaSet.metadata.uid),
  );
}

/** The API server doesn't take the pods that a ReplicaSet would make: a quota, a policy, a webhook. */
function judgeRefusal(replicaSet: ReplicaSet, nowMs: number): readonly RolloutFailure[] {
  const condition = replicaSet.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (condition === undefined || ageMs(condition.lastTransitionTime, nowMs) < refusalMs) return [];
  const text = describeRefusal(condition);
  const isQuota = text.includes('exceeded quota');
  return [
    {
      pod: null,
      reason: condition.reason ?? 'FailedCreate',
      text,
      outlook: isQuota ? 'shortage' : 'final',
      remedy: isQuota ? 'describe-quota' : 'describe-deployment',
      log: null,
    },
  ];
}

/** The condition ReplicaFailure of a ReplicaSet or Deployment in words. */
export function describeRefusal({ message, reason }: KubeCondition): string {
  return `no more pods may be made: ${(message ?? reason ?? 'no reason given').replace(/^pods "[^"]*" is forbidden: /, '')}`;
}

/** Nothing is wrong for good; the deployment itself gives up when nothing happened for its `progressDeadlineSeconds`. */
function judgeProgress(view: RolloutView, deployment: Deployment, failures: readonly RolloutFailure[], progress: string): RolloutVerdict {
  const [first] = failures;
  if (hasGivenUp(view, deployment)) {
    const text = `no progress for ${deployment.spec.progressDeadlineSeconds ?? 600} s, ${progress}`;
    const plain: RolloutFailure = { pod: null, reason: 'ProgressDeadlineExceeded', text, outlook: 'final', remedy: 'describe-deployment', log: null };
    return { kind: 'failed', failure: first ?? plain };
  }
  return { kind: 'progressing', text: first === undefined ? progress : `${progress}; ${nameTrouble(first)}` };
}

function hasGivenUp({ sinceMs }: RolloutView, { status }: Deployment): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Progressing');
  return condition?.reason === 'ProgressDeadlineExceeded' && (toTimeMs(condition.lastTransitionTime) ?? 0) >= sinceMs;
}

/**
 * There is no room for another pod. With as many pods placed as are wanted it is one beyond them, which a rollout makes before it ends an old
 * one. With the autoscaler's minimum ready and no old pods left, the rollout is over and only scaling is held up.
 */
function judgeShortage(view: RolloutView, deployment: Deployment, shortage: RolloutFailure, minimum: number): RolloutVerdict {
  const desired = deployment.spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  const placed = view.pods.filter(({ metadata, spec, status }) => metadata.deletionTimestamp === undefined && spec.nodeName !== undefined && isLive(status?.phase));
  const isScaling = desired > minimum && replicas <= updatedReplicas && placed.length >= minimum;
  if (isScaling && availableReplicas >= placed.length) {
    return { kind: 'done', text: describeReady(deployment), notes: [`only ${availableReplicas} of the ${desired} replicas that the autoscaler wants run: ${nameTrouble(shortage)}`] };
  }
  if ((placed.length < desired && !isScaling) || hasGivenUp(view, deployment)) return { kind: 'failed', failure: shortage };
  const progress = describeProgress(view, deployment, minimum) ?? describeReady(deployment);
  return { kind: 'progressing', text: `${progress}; ${isScaling ? nameTrouble(shortage) : `the rollout's extra pod ${shortage.text}`}` };
}

function isLive(phase: string | undefined): boolean {
  return phase !== 'Failed' && phase !== 'Succeeded';
}

/** `price-api-7d9f-x2x waits for room: ...` */
function nameTrouble({ pod, text }: RolloutFailure): string {
  return pod === null ? text : `${pod}: ${text}`;
}
