import { measureAgreement, type Agreement } from '../autoscale/replay-agreement.ts';
import { type Replay, replayAutoscaler } from '../autoscale/replay.ts';
import type { ReplayMeasures } from '../autoscale/replay-measures.ts';
import { createRecording, type Recording } from '../autoscale/replay-recording.ts';
import type { ReplicaStep } from '../autoscale/replay-replicas.ts';
import { type ReplaySettings, validateReplaySettings } from '../autoscale/replay-settings.ts';
import { suggestSettings } from '../autoscale/replay-suggest.ts';
import { listNeighbours } from '../autoscale/replay-sweep.ts';
import type { RunStore } from '../load/run-store.ts';
import type { TargetKind } from '../targets/target.ts';
import { NegativeError } from '../tools/errors.ts';
import { listLimits } from './replay-limits.ts';
import { toRecordingSource } from './replay-source.ts';
import { readRunData } from './run-data.ts';
import { wholeRun } from './whole-run.ts';

/** A replay with some settings, and what came of it. */
export interface ReplayOutcome {
  readonly settings: ReplaySettings;
  /** Flags of the settings that aren't the run's own: `--cpu-target 60`; empty for the run's own. */
  readonly flags: readonly string[];
  readonly measures: ReplayMeasures;
  /** The changes of the number of replicas, the first from before the load began. */
  readonly replicas: readonly ReplicaStep[];
}

/** What other settings would have done with a recorded run. */
export interface RunReplay {
  readonly id: string;
  readonly target: TargetKind | null;
  readonly autoscaler: 'emulated' | 'kubernetes';
  /** Length of the recording in milliseconds. */
  readonly ms: number;
  /** The run's own settings, replayed. */
  readonly own: ReplayOutcome;
  /** How well they reproduce the recorded replicas: with the recorded pods, and with the model of demand alone, as other settings need it. */
  readonly agreement: { readonly recorded: Agreement; readonly modelled: Agreement & { readonly podSeconds: number } };
  /** The settings that were asked for; null when none were. */
  readonly asked: ReplayOutcome | null;
  /** Neighbours of the settings; empty without a sweep. */
  readonly alternatives: readonly ReplayOutcome[];
  /** What to try next; null without a sweep. */
  readonly suggestion: { readonly flags: readonly string[]; readonly reasons: readonly string[] } | null;
  readonly startup: { readonly ms: number; readonly scaleOuts: number };
  /** What no replay can know, a sentence each. */
  readonly limits: readonly string[];
  /** What of the recording is missing or damaged, a sentence each. */
  readonly problems: readonly string[];
}

/** What is asked of a replay. */
export interface ReplayRequest {
  readonly id: string;
  /** Settings other than the run's own. */
  readonly changes: Partial<ReplaySettings>;
  /** Whether neighbours are tried too. */
  readonly sweep: boolean;
}

/** Replays a recorded run. Throws what `readRunData` throws, NegativeError for a run that has nothing to replay, UsageError for settings that make no sense. */
export async function replayRun(runs: RunStore, { id, changes, sweep }: ReplayRequest): Promise<RunReplay> {
  const data = wholeRun(await readRunData(runs, id));
  const recording = createRecording(toRecordingSource(data));
  if (recording.readings.length === 0) throw new NegativeError('PRICECTL_E_NOTHING_TO_REPLAY', `run ${id} can't be replayed: no CPU of its replicas was measured`);
  const { own, behavior } = recording;
  const asked = { ...own, ...changes };
  validateReplaySettings(asked, own, behavior);
  const isOwn = JSON.stringify(asked) === JSON.stringify(own);
  const replay = (settings: ReplaySettings) => toOutcome(settings, recording, replayAutoscaler(recording, settings));
  const ownReplay = replayAutoscaler(recording, own);
  const ownOutcome = toOutcome(own, recording, ownReplay);
  const alternatives = sweep ? listNeighbours(asked, recording).map(replay) : [];
  const askedOutcome = isOwn ? null : replay(asked);
  const suggested = sweep ? suggestSettings(ownOutcome.measures, [...(askedOutcome === null ? [] : [askedOutcome]), ...alternatives]) : null;
  return {
    id,
    target: data.record.service?.target ?? null,
    autoscaler: recording.kind,
    ms: recording.lengthMs,
    own: ownOutcome,
    agreement: { recorded: measureAgreement(recording, ownReplay.looks), modelled: measureModel(recording) },
    asked: askedOutcome,
    alternatives,
    suggestion: suggested && { flags: suggested.alternative?.flags ?? [], reasons: suggested.reasons },
    startup: recording.startup,
    limits: listLimits(data, recording),
    problems: data.problems,
  };
}

function measureModel(recording: Recording): RunReplay['agreement']['modelled'] {
  const { looks, measures } = replayAutoscaler(recording, recording.own, 'modelled');
  return { ...measureAgreement(recording, looks), podSeconds: measures.podSeconds };
}

function toOutcome(settings: ReplaySettings, { own }: Recording, { looks, measures }: Replay): ReplayOutcome {
  const replicas = looks.filter((step, index) => index === 0 || step.replicas !== looks[index - 1]?.replicas);
  return { settings, flags: flagsOf(settings, own), measures, replicas: replicas.map((step) => ({ ...step, ms: Math.round(step.ms) })) };
}

/** The flags that turn a run's own settings into these. */
function flagsOf(settings: ReplaySettings, own: ReplaySettings): readonly string[] {
  const flags = [
    ['--cpu-target', settings.cpuTarget, own.cpuTarget],
    ['--min', settings.min, own.min],
    ['--max', settings.max, own.max],
    ['--scale-down-window', settings.scaleDownWindowMs, own.scaleDownWindowMs],
    ['--sync-period', settings.syncPeriodMs, own.syncPeriodMs],
    ['--metric-resolution', settings.metricResolutionMs, own.metricResolutionMs],
  ] as const;
  return flags.flatMap(([flag, value, ownValue], index) => (value === ownValue ? [] : [`${flag} ${index < 3 ? value : `${value / 1_000}s`}`]));
}
