import { syncAutoscaler } from '../../src/autoscale/autoscaler.ts';
import { createBehavior } from '../../src/autoscale/behavior.ts';
import type { PodSample } from '../../src/autoscale/pods.ts';
import { type AutoscalerState, createAutoscalerState } from '../../src/autoscale/state.ts';

/** A service and the load that it suddenly gets. */
export interface ScalingCase {
  /** Requests a second, from the first moment on. */
  readonly demand: number;
  /** Requests a second that one core answers. */
  readonly perCore: number;
  readonly requestMillicores: number;
  readonly limitMillicores: number;
  readonly cpuTarget: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** From the wish for a pod to its being ready, with an image that its node has. */
  readonly startMs: number;
}

/** What came of it. */
export interface ScalingPath {
  /** Replicas wished for at each sync that changed them, the first ones included. */
  readonly steps: readonly { readonly atMs: number; readonly replicas: number }[];
  /** When the ready pods could answer the whole demand; undefined is never. */
  readonly enoughAtMs: number | undefined;
  /** Requests that found no capacity until then. */
  readonly unanswered: number;
}

interface Pod {
  readonly name: string;
  readonly startedAtMs: number;
  readonly readyAtMs: number;
}

const tickMs = 1_000;
/** Kubernetes' own period of the autoscaler, and ours of metrics-server. */
const syncMs = 15_000;
const metricMs = 15_000;
const longestMs = 900_000;

/**
 * Plays the autoscaler that `pricectl` uses (`src/autoscale`, Kubernetes' algorithm) against a step of the load: it syncs every 15 s, on metrics of up to 15 s
 * age, and pods take their time to start. Load is spread evenly over ready pods; none uses more CPU than its limit.
 */
export function simulateScaling(given: ScalingCase): ScalingPath {
  const behavior = createBehavior();
  const neededPods = Math.ceil((1_000 * given.demand) / given.perCore / given.limitMillicores);
  let pods: readonly Pod[] = Array.from({ length: given.minReplicas }, (_, index) => ({ name: `pod-${index}`, startedAtMs: -longestMs, readyAtMs: -longestMs + 1_000 }));
  let state: AutoscalerState = createAutoscalerState(0, pods.length);
  let metrics: ReadonlyMap<string, NonNullable<PodSample['cpu']>> = new Map();
  const steps = [{ atMs: 0, replicas: pods.length }];
  let unanswered = 0;
  for (let nowMs = 0; nowMs <= longestMs; nowMs += tickMs) {
    const ready = pods.filter(({ readyAtMs }) => readyAtMs <= nowMs);
    if (ready.length >= neededPods) return { steps, enoughAtMs: nowMs, unanswered };
    unanswered += Math.max(0, given.demand - (ready.length * given.limitMillicores * given.perCore) / 1_000) * (tickMs / 1_000);
    if (nowMs > 0 && nowMs % metricMs === 0) metrics = measure(ready, nowMs, given);
    if (nowMs === 0 || nowMs % syncMs !== 0) continue;
    const { minReplicas, maxReplicas, cpuTarget } = given;
    const samples = pods.map((pod) => sampleOf(pod, metrics.get(pod.name), nowMs, given));
    const result = syncAutoscaler(state, { nowMs, currentReplicas: pods.length, minReplicas, maxReplicas, cpuTarget, pods: samples }, behavior);
    state = result.state;
    const { desiredReplicas } = result.decision;
    if (desiredReplicas <= pods.length) continue;
    steps.push({ atMs: nowMs, replicas: desiredReplicas });
    pods = [...pods, ...Array.from({ length: desiredReplicas - pods.length }, (_, index) => ({ name: `pod-${pods.length + index}`, startedAtMs: nowMs, readyAtMs: nowMs + given.startMs }))];
  }
  return { steps, enoughAtMs: undefined, unanswered };
}

function measure(ready: readonly Pod[], nowMs: number, { demand, perCore, limitMillicores }: ScalingCase): ReadonlyMap<string, NonNullable<PodSample['cpu']>> {
  const millicores = Math.ceil(Math.min(limitMillicores, (1_000 * demand) / perCore / ready.length));
  return new Map(ready.filter(({ readyAtMs }) => readyAtMs + metricMs <= nowMs).map(({ name }) => [name, { millicores, timestampMs: nowMs, windowMs: metricMs }]));
}

function sampleOf({ name, startedAtMs, readyAtMs }: Pod, cpu: PodSample['cpu'] | undefined, nowMs: number, { requestMillicores }: ScalingCase): PodSample {
  const isReady = readyAtMs <= nowMs;
  return {
    name,
    phase: isReady ? 'Running' : 'Pending',
    terminating: false,
    startTimeMs: startedAtMs,
    readyCondition: { status: isReady ? 'True' : 'False', lastTransitionMs: isReady ? readyAtMs : startedAtMs },
    cpuRequestMillicores: requestMillicores,
    cpu: cpu ?? null,
  };
}
