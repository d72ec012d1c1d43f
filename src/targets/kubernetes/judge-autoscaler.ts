import type { ScalingBehavior } from '../../autoscale/behavior.ts';
import type { ComputedDecision } from '../../autoscale/decision.ts';
import { explainDecision } from '../../autoscale/explain.ts';
import { limitReplicas, type ScalingLimit } from '../../autoscale/limit.ts';
import type { PodSample } from '../../autoscale/pods.ts';
import { type ComputedRecommendation, recommendReplicas } from '../../autoscale/recommend.ts';
import type { Stabilization } from '../../autoscale/stabilize.ts';
import type { HorizontalPodAutoscaler, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { toBehavior } from './judge-behavior.ts';
import { cpuPercentOf, cpuTargetOf, explainMissingMetrics, findHpaCondition } from './judge-metrics.ts';
import { toPodSample } from './judge-samples.ts';
import { formatDuration, toTimeMs } from './judge-time.ts';

/** The numbers of one look of an autoscaler, by its own word. */
interface Reading {
  readonly percent: number;
  readonly target: number;
  readonly current: number;
  readonly desired: number;
}

/** Start, readiness, a whole window of metrics-server at its slowest, and a look. */
const youngMs = 120_000;

/**
 * Says in one line, in the emulation's words, why a service has as many replicas as it has. The numbers are the autoscaler's own; how it came to
 * them is computed from the pods as it does itself, and left out when that doesn't lead to its number: its last look is up to 15 s old.
 */
export function explainAutoscaler(autoscaler: HorizontalPodAutoscaler, pods: readonly Pod[], podMetrics: readonly PodMetrics[], nowMs: number): string {
  const { status } = autoscaler;
  const able = findHpaCondition(autoscaler, 'AbleToScale');
  const current = status?.currentReplicas ?? 0;
  if (able?.status === 'False') return `it can't scale: ${able.message ?? able.reason ?? 'no reason given'}: keeps ${current}`;
  const missing = explainMissingMetrics(autoscaler);
  if (missing !== undefined) return current === 0 ? 'off: the service is set to 0 replicas' : `${missing.text}: keeps ${current}`;
  const reading = readStatus(autoscaler);
  if (reading === undefined) return 'it has not looked yet';
  const decision = retraceAutoscaler(autoscaler, pods, podMetrics, nowMs);
  return decision === null ? explainPlainly(autoscaler, reading, nowMs) : explainDecision(decision, { nowMs });
}

/**
 * The last decision behind an autoscaler's own numbers, as it computes it itself from the pods; null when that doesn't lead to its numbers, or it has
 * none. Its moment is `nowMs`, for it doesn't tell when it looked.
 */
export function retraceAutoscaler(autoscaler: HorizontalPodAutoscaler, pods: readonly Pod[], podMetrics: readonly PodMetrics[], nowMs: number): ComputedDecision | null {
  const reading = readStatus(autoscaler);
  if (reading === undefined || explainMissingMetrics(autoscaler) !== undefined) return null;
  const seen = podsAtLastLook(autoscaler, reading, pods);
  const samples = seen.map((pod) => toPodSample(pod, podMetrics.find(({ metadata }) => metadata.name === pod.metadata.name)));
  for (const possible of possibleSamples(samples, nowMs)) {
    const decision = retrace(autoscaler, reading, possible, nowMs);
    if (decision !== undefined) return decision;
  }
  return null;
}

/** Pods that its last look made did not count in it. */
function podsAtLastLook({ status }: HorizontalPodAutoscaler, { current, desired }: Reading, pods: readonly Pod[]): readonly Pod[] {
  const scaledMs = current === desired ? undefined : toTimeMs(status?.lastScaleTime);
  return scaledMs === undefined ? pods : pods.filter(({ metadata }) => (toTimeMs(metadata.creationTimestamp) ?? 0) < scaledMs);
}

/** The pods as they are, then with the youngest ones not measured yet, one more each time: so they may have been at its last look. */
function* possibleSamples(samples: readonly PodSample[], nowMs: number): Generator<readonly PodSample[]> {
  yield samples;
  const young = samples.filter(({ startTimeMs, cpu }) => cpu !== null && startTimeMs !== null && nowMs - startTimeMs < youngMs);
  const youngest = young.toSorted((a, b) => (b.startTimeMs ?? 0) - (a.startTimeMs ?? 0));
  for (let count = 1; count <= youngest.length; count += 1) {
    const unmeasured = new Set(youngest.slice(0, count));
    yield samples.map((sample) => (unmeasured.has(sample) ? { ...sample, cpu: null } : sample));
  }
}

function readStatus(autoscaler: HorizontalPodAutoscaler): Reading | undefined {
  const percent = cpuPercentOf(autoscaler);
  const target = cpuTargetOf(autoscaler);
  const { currentReplicas, desiredReplicas } = autoscaler.status ?? {};
  if (percent === undefined || target === undefined || currentReplicas === undefined || desiredReplicas === undefined) return undefined;
  return { percent, target, current: currentReplicas, desired: desiredReplicas };
}

/** The decision behind the autoscaler's numbers; undefined when the pods have changed too much since to find it. */
function retrace(autoscaler: HorizontalPodAutoscaler, reading: Reading, samples: readonly PodSample[], nowMs: number): ComputedDecision | undefined {
  const { current, desired, target } = reading;
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const behavior = toBehavior(autoscaler);
  const tolerance = { scaleUp: behavior.scaleUp.tolerance, scaleDown: behavior.scaleDown.tolerance };
  const pods = samples.map((pod) => withPercent(pod, reading.percent));
  const recommendation = recommendReplicas({ nowMs, currentReplicas: current, cpuTarget: target, pods }, tolerance);
  if (recommendation.kind === 'failed' || recommendation.utilization.percent !== reading.percent) return undefined;
  const stabilization = findStabilization(autoscaler, recommendation, reading, behavior);
  const limit = findLimit(autoscaler, recommendation.replicas, reading, behavior);
  if (recommendation.replicas !== desired && stabilization.heldBy === null && limit === null) return undefined;
  return {
    kind: 'computed',
    atMs: nowMs,
    currentReplicas: current,
    desiredReplicas: desired,
    minReplicas,
    maxReplicas,
    cpuTarget: target,
    recommendation,
    stabilization,
    limit,
    nextChange: null,
    conditions: [],
  };
}

/** A measured pod with the CPU that the autoscaler read on average: its own reading may be older than ours. */
function withPercent(pod: PodSample, percent: number): PodSample {
  if (pod.cpu === null || pod.cpuRequestMillicores === null) return pod;
  // A little above, so that the quotient isn't cut to one percent less.
  return { ...pod, cpu: { ...pod.cpu, millicores: (pod.cpuRequestMillicores * (percent + 1e-6)) / 100 } };
}

/** What the windows did, by the autoscaler's own word. */
function findStabilization(
  autoscaler: HorizontalPodAutoscaler,
  { replicas: wish }: ComputedRecommendation,
  { desired }: Reading,
  { scaleUp, scaleDown }: ScalingBehavior,
): Stabilization {
  const reason = findHpaCondition(autoscaler, 'AbleToScale')?.reason;
  const atMs = 0;
  if (reason === 'ScaleDownStabilized' && wish < desired) {
    return { replicas: desired, heldBy: { window: 'down', windowMs: scaleDown.stabilizationWindowMs, replicas: desired, atMs } };
  }
  if (reason === 'ScaleUpStabilized' && wish > desired) {
    return { replicas: desired, heldBy: { window: 'up', windowMs: scaleUp.stabilizationWindowMs, replicas: desired, atMs } };
  }
  return { replicas: wish, heldBy: null };
}

/** What bounds and policies did, by the autoscaler's own word; which policy it was is found as it does itself. */
function findLimit(autoscaler: HorizontalPodAutoscaler, wish: number, { current, desired }: Reading, behavior: ScalingBehavior): ScalingLimit | null {
  const condition = findHpaCondition(autoscaler, 'ScalingLimited');
  if (condition?.status !== 'True') return null;
  const { reason } = condition;
  if (reason === 'TooManyReplicas' && wish > desired) return { reason, replicas: desired };
  if (reason === 'TooFewReplicas' && wish < desired) return { reason, replicas: desired };
  if ((reason === 'ScaleUpLimit' && wish > desired) || (reason === 'ScaleDownLimit' && wish < desired)) {
    const state = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [] };
    const { limit } = limitReplicas(wish, { nowMs: 0, currentReplicas: current, minReplicas: 0, maxReplicas: Number.MAX_SAFE_INTEGER, behavior, state });
    return limit?.reason === reason && limit.replicas === desired ? limit : null;
  }
  return null;
}

/** The autoscaler's numbers and nothing else. */
function explainPlainly({ status }: HorizontalPodAutoscaler, { percent, target, current, desired }: Reading, nowMs: number): string {
  const scaledMs = toTimeMs(status?.lastScaleTime);
  const ago = scaledMs === undefined || nowMs < scaledMs ? '' : ` ${formatDuration(nowMs - scaledMs)} ago`;
  const change = current === desired ? `keeps ${desired}${ago === '' ? '' : `, last scaled${ago}`}` : `went from ${current} to ${desired}${ago}`;
  return `CPU ${percent} % of request, target ${target} %: ${change}`;
}
