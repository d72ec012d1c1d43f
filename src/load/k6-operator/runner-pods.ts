import { k6Container, runnerJobName } from '../../targets/kubernetes/manifest-test-run.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import { describeExit } from '../k6/exit-words.ts';

/** Where the operator mounts the script. */
const scriptFolder = '/test';

/** How a runner's pod ended. */
export interface RunnerEnd {
  /** k6's; 1 when that isn't known. */
  readonly exitCode: number;
  /** Kubernetes' word for it, and more: `OOMKilled`, `Evicted: the node was low on memory`; null when it has none. */
  readonly why: string | null;
}

/** The pod of a Job of the test, or undefined. */
export function podOfJob(pods: readonly Pod[], job: string): Pod | undefined {
  return pods.find(({ metadata }) => metadata.labels?.['job-name'] === job);
}

/** The runners' pods in order, undefined where there is none. */
export function runnerPods(pods: readonly Pod[], testRun: string, parallelism: number): readonly (Pod | undefined)[] {
  return Array.from({ length: parallelism }, (_, index) => podOfJob(pods, runnerJobName(testRun, index + 1)));
}

/** Whether k6 runs in a pod. */
export function isRunning(pod: Pod): boolean {
  return k6Status(pod)?.state?.running !== undefined;
}

/** How k6 ended in a pod; undefined as long as it may go on. */
export function endOf(pod: Pod): RunnerEnd | undefined {
  const { reason, message, phase } = pod.status ?? {};
  const terminated = k6Status(pod)?.state?.terminated;
  if (terminated === undefined && phase !== 'Failed' && phase !== 'Succeeded') return undefined;
  const words = [terminated?.reason, reason, terminated?.message ?? message].filter((word) => word !== undefined && !['', 'Error', 'Completed'].includes(word));
  // A pod that its node refused or evicted has failed, whatever its process said last.
  const exitCode = terminated === undefined ? 1 : terminated.exitCode || (reason === undefined ? 0 : 1);
  return { exitCode, why: words.length === 0 ? null : words.join(': ') };
}

/** Why k6 ended so, in words: Kubernetes' if it has some, else those of k6 in its log; null for 0. */
export function explainEnd({ exitCode, why }: RunnerEnd, log: string): string | null {
  if (exitCode === 0 || why !== null) return why;
  return describeExit(exitCode, log, scriptFolder);
}

function k6Status(pod: Pod) {
  return pod.status?.containerStatuses?.find(({ name }) => name === k6Container);
}
