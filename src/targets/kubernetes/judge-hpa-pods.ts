import type { ExplainedPod } from '../../autoscale/explanation.ts';
import type { GroupedPod, PodSample } from '../../autoscale/pods.ts';
import type { MeasuredResource } from './judge-hpa-samples.ts';
import { formatDuration } from './judge-time.ts';

/** Pods as one metric counts them, those that don't count with the reason in words. */
export function explainPods(pods: readonly GroupedPod[], samples: readonly PodSample[], { resource }: MeasuredResource, nowMs: number): readonly ExplainedPod[] {
  const scale = resource === 'memory' ? 1_000 : 1;
  const scaled = (value: number | null) => (value === null ? null : value / scale);
  return pods.map(({ name, group, reason, cpu, cpuRequestMillicores }, index) => ({
    name,
    group,
    reason,
    why: reason === 'counted' ? null : describe(reason, samples[index], nowMs),
    usage: scaled(cpu?.millicores ?? null),
    request: scaled(cpuRequestMillicores),
  }));
}

function describe(reason: Exclude<ExplainedPod['reason'], 'counted'>, pod: PodSample | undefined, nowMs: number): string {
  switch (reason) {
    case 'terminating':
      return 'it is ending';
    case 'failed':
      return 'it has failed';
    case 'pending':
      return 'it does not run yet';
    case 'no-metric':
      return 'nobody has measured it yet';
    case 'readiness-unknown':
      return 'it has not told whether it is ready';
    case 'not-ready':
      return isYoung(pod, nowMs) ? "it isn't ready" : 'it has never been ready';
    case 'warming-up':
      return describeWarmUp(pod, nowMs);
  }
}

function isYoung(pod: PodSample | undefined, nowMs: number): boolean {
  return pod?.startTimeMs !== null && pod?.startTimeMs !== undefined && nowMs - pod.startTimeMs < 300_000;
}

function describeWarmUp(pod: PodSample | undefined, nowMs: number): string {
  const since = pod?.readyCondition?.lastTransitionMs;
  if (since === undefined || pod?.cpu === null || pod?.cpu === undefined) return 'its metric is of a time before it was ready';
  return `ready for ${formatDuration(Math.max(0, nowMs - since))}, and its metric of ${formatDuration(pod.cpu.windowMs)} begins before that`;
}
