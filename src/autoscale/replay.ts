import { syncAutoscaler } from './autoscaler.ts';
import type { Decision } from './decision.ts';
import type { PodSample } from './pods.ts';
import { DemandCurve } from './replay-demand.ts';
import { createMetricClock, type MetricClock } from './replay-metrics.ts';
import { measureReplay, type ReplayMeasures } from './replay-measures.ts';
import { replayedPod } from './replay-pods.ts';
import type { Recording } from './replay-recording.ts';
import { ReplayedReplicas, type ReplicaStep } from './replay-replicas.ts';
import { behaviorOf, type ReplaySettings } from './replay-settings.ts';
import type { RecordedSync } from './replay-syncs.ts';
import { type AutoscalerState, createAutoscalerState } from './state.ts';

/** A recorded run with other settings. */
export interface Replay {
  /** The number of replicas that the autoscaler sets, at each of its looks. */
  readonly looks: readonly ReplicaStep[];
  readonly measures: ReplayMeasures;
}

/** One look of a replay. */
interface ReplayedSync {
  readonly ms: number;
  readonly atMs: number;
  /** The recorded look that was at this moment; undefined when the replay looks at other moments. */
  readonly recorded: RecordedSync | undefined;
}

/**
 * Runs a recorded load through the autoscaler's own algorithm with other settings. The CPU that all replicas used is spread over those that the replay
 * has (docs/autoscaler.md). With `recorded` samples it sees the very pods that were recorded as long as it has the replicas that there were; with
 * `modelled` never. The recording must have looks and readings. Pure: the same arguments give the same replay.
 */
export function replayAutoscaler(recording: Recording, settings: ReplaySettings, samples: 'recorded' | 'modelled' = 'recorded'): Replay {
  const behavior = behaviorOf(recording.behavior, settings);
  const { min: minReplicas, max: maxReplicas, cpuTarget } = settings;
  const syncs = listSyncs(recording, settings);
  const first = syncs[0];
  const recordedStart = recording.syncs[0]?.outcome?.currentReplicas ?? minReplicas;
  const start = Math.min(Math.max(recordedStart, minReplicas), maxReplicas);
  const model = createModel(recording, settings, start);
  let state = seedState(recording, start);
  const decisions: { readonly ms: number; readonly decision: Decision }[] = [];
  for (const { ms, atMs, recorded } of syncs) {
    const currentReplicas = model.replicas.count;
    const pods = (samples === 'recorded' ? model.recordedPods(recorded) : undefined) ?? model.pods(ms, atMs);
    const result = syncAutoscaler(state, { nowMs: atMs, currentReplicas, minReplicas, maxReplicas, cpuTarget, pods }, behavior);
    state = result.state;
    model.replicas.scale(result.decision.desiredReplicas, ms);
    decisions.push({ ms, decision: result.decision });
  }
  const looks = decisions.map(({ ms, decision }) => ({ ms, replicas: decision.desiredReplicas }));
  const begin = { ms: Math.min(0, first?.ms ?? 0), replicas: start };
  const course = { desired: [begin, ...looks], ready: model.replicas.readySteps(), decisions };
  return { looks, measures: measureReplay(course, recording, model.demand) };
}

/** The recorded moments, or those of another period from the first on. */
function listSyncs({ syncs, own, lengthMs }: Recording, { syncPeriodMs }: ReplaySettings): readonly ReplayedSync[] {
  if (syncPeriodMs === own.syncPeriodMs) return syncs.map((recorded) => ({ ms: recorded.ms, atMs: recorded.atMs, recorded }));
  const firstMs = syncs[0]?.ms ?? 0;
  let index = 0;
  return Array.from({ length: Math.floor((lengthMs - firstMs) / syncPeriodMs) + 1 }, (_, beat) => {
    const ms = firstMs + beat * syncPeriodMs;
    while ((syncs[index + 1]?.ms ?? Infinity) <= ms) index += 1;
    return { ms, atMs: (syncs[index]?.atMs ?? 0) + (ms - (syncs[index]?.ms ?? 0)), recorded: undefined };
  });
}

/**
 * What the autoscaler remembers when the recording begins: recommendations of before that recorded decisions name, and the replicas at the start as
 * one that is as old as the recorded window, so that a longer window holds them.
 */
function seedState({ syncs, own }: Recording, start: number): AutoscalerState {
  const firstAtMs = syncs[0]?.atMs ?? 0;
  const held = syncs.flatMap(({ outcome }) => (outcome?.heldBy != null && outcome.heldBy.atMs > 0 && outcome.heldBy.atMs < firstAtMs ? [outcome.heldBy] : []));
  const known = new Map(held.map(({ replicas, atMs }) => [`${replicas} ${atMs}`, { replicas, atMs }]));
  const state = createAutoscalerState(firstAtMs - own.scaleDownWindowMs, start);
  return { ...state, recommendations: [...state.recommendations, ...known.values()].toSorted((a, b) => a.atMs - b.atMs) };
}

/** Replicas of a replay and what the autoscaler sees of them. */
interface Model {
  readonly replicas: ReplayedReplicas;
  readonly demand: DemandCurve;
  /** The recorded pods, when there were as many replicas, for long enough that all are measured; else undefined. */
  recordedPods(recorded: RecordedSync | undefined): readonly PodSample[] | undefined;
  /** Pods by the model. */
  pods(ms: number, atMs: number): readonly PodSample[];
}

function createModel(recording: Recording, settings: ReplaySettings, start: number): Model {
  const { startup, own, readings, cpuRequestMillicores, cpuCapMillicores } = recording;
  const replicas = new ReplayedReplicas(start, startup.ms);
  const demand = new DemandCurve(readings);
  const metrics: MetricClock = createMetricClock(recording, settings.metricResolutionMs);
  const warmUpMs = startup.ms + 2 * own.metricResolutionMs;
  let differedMs = -Infinity;
  return {
    replicas,
    demand,
    recordedPods(recorded) {
      const outcome = recorded?.outcome;
      if (recorded === undefined || outcome == null) return undefined;
      if (outcome.currentReplicas !== replicas.count) differedMs = recorded.ms;
      const isAlike = recorded.ms - differedMs > warmUpMs && settings.metricResolutionMs === own.metricResolutionMs;
      return isAlike ? (outcome.pods ?? undefined) : undefined;
    },
    pods(ms, atMs) {
      const { fromMs, toMs } = metrics.windowAt(ms);
      const measured = replicas.readyBy(fromMs);
      const serving = Math.max(1, replicas.servingAt((fromMs + toMs) / 2));
      const millicores = Math.min(cpuCapMillicores, Math.round(demand.average(fromMs, toMs) / serving));
      const cpu = { millicores, timestampMs: atMs - (ms - toMs), windowMs: toMs - fromMs };
      return Array.from({ length: replicas.count }, (_, index) => replayedPod(index, cpuRequestMillicores, index < measured ? cpu : null));
    },
  };
}
