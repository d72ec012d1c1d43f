import { k6Container, runnerJobName } from '../../targets/kubernetes/manifest-test-run.ts';
import type { Pod } from '../../tools/kube-objects.ts';

/** How a runner's pod ended. */
export interface RunnerEnd {
  /** k6's; 1 when that isn't known. */
  readonly exitCode: number;
  /** In words: `exit code 137, OOMKilled`. */
  readonly why: string;
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
  const how = terminated === undefined ? [] : [`exit code ${terminated.exitCode}`];
  return { exitCode, why: [...how, ...words].join(', ') || 'it failed' };
}

function k6Status(pod: Pod) {
  return pod.status?.containerStatuses?.find(({ name }) => name === k6Container);
}
