import { createBehavior } from '../autoscale/behavior.ts';
import { syncAutoscaler } from '../autoscale/autoscaler.ts';
import type { Decision } from '../autoscale/decision.ts';
import { createAutoscalerState } from '../autoscale/state.ts';
import { idleAutoscaler } from '../targets/idle-autoscaler.ts';
import type { AutoscalerSnapshot, PodSnapshot, Snapshot } from '../targets/target.ts';
import type { WatchMoment } from './watch.ts';

/** A ready replica that uses 132 % of a request of 100m. */
export function podSnapshot(name: string, changes: Partial<PodSnapshot> = {}): PodSnapshot {
  const usage = { cpuMillicores: 132, memoryBytes: 60e6, requests: 1_000, requestsPerSecond: 400 };
  return { name, ready: true, terminating: false, restarts: 0, ...usage, pricesSha256: 'aa', problem: null, ...changes };
}

/** The decision of an autoscaler that sees replicas of a request of 100m with this CPU. */
export function decisionFor(cpuMillicores: number, names: readonly string[], atMs = 0): Decision {
  const cpu = { millicores: cpuMillicores, timestampMs: atMs - 1_000, windowMs: 15_000 };
  const readyCondition = { status: 'True', lastTransitionMs: -1e6 } as const;
  const pods = names.map((name) => ({ name, phase: 'Running', terminating: false, startTimeMs: -1e6, readyCondition, cpuRequestMillicores: 100, cpu } as const));
  const input = { nowMs: atMs, currentReplicas: names.length, minReplicas: 3, maxReplicas: 10, cpuTarget: 50, pods };
  return syncAutoscaler(createAutoscalerState(atMs, names.length), input, createBehavior()).decision;
}

/** A service of three ready replicas at 132 % of their request, whose autoscaler has not looked yet. */
export function watchedSnapshot({ autoscaler, ...changes }: Partial<Omit<Snapshot, 'autoscaler'>> & { readonly autoscaler?: Partial<AutoscalerSnapshot> } = {}): Snapshot {
  const pods = changes.pods ?? ['price-api-1', 'price-api-2', 'price-api-3'].map((name) => podSnapshot(name));
  return {
    atMs: 0,
    state: 'ready',
    identity: { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' },
    url: 'http://127.0.0.1:8080',
    image: null,
    replicas: { min: 3, max: 10, desired: pods.length, ready: pods.filter((pod) => pod.ready).length },
    autoscaler: { ...idleAutoscaler('emulated', 50, 'it has not looked yet'), cpuPercent: 132, ...autoscaler },
    pods,
    prices: { rows: 4, bytes: 41, sha256: 'aaaaaaaa' },
    problem: null,
    ...changes,
  };
}

/** The moment of a snapshot, without load. */
export function watchMoment(changes: Partial<WatchMoment> = {}): WatchMoment {
  const snapshot = changes.snapshot === undefined ? watchedSnapshot() : changes.snapshot;
  const replicas = snapshot && { ...snapshot.replicas, starting: snapshot.replicas.desired - snapshot.replicas.ready, ending: 0 };
  return { ms: 0, atMs: 0, snapshot, silence: null, replicas, requestsPerSecond: 1_200, load: null, events: [], ...changes };
}
