import { compareRuns, type Comparison, type ComparedRunWithSettings } from '../load/compare.ts';
import type { RunStore } from '../load/run-store.ts';
import { type RunData, readRunData } from './run-data.ts';
import { describeSettings } from './service-settings.ts';
import { wholeRun } from './whole-run.ts';

/** A comparison of two recorded runs. */
export interface RunComparison extends Comparison {
  /** What of the recordings is missing or damaged, a sentence each. */
  readonly problems: readonly string[];
}

/** Reads two runs and compares them. Throws what `readRunData` throws. */
export async function compareRecordedRuns(runs: RunStore, ids: { readonly a: string; readonly b: string }): Promise<RunComparison> {
  const [a, b] = [wholeRun(await readRunData(runs, ids.a)), wholeRun(await readRunData(runs, ids.b))];
  const problems = [...a.problems.map((problem) => `A: ${problem}`), ...b.problems.map((problem) => `B: ${problem}`)];
  return { ...compareRuns(toCompared(a), toCompared(b)), problems };
}

function toCompared({ record, series, timeline }: RunData): ComparedRunWithSettings {
  const { result, settings } = record;
  return { result, series, replicas: replicasOf(timeline), settings: settings === null ? null : Object.fromEntries(describeSettings(settings).filter(([flag]) => flag !== 'port')) };
}

function replicasOf(timeline: RunData['timeline']): ComparedRunWithSettings['replicas'] {
  if (timeline.length === 0) return null;
  const podMs = timeline.reduce((sum, { ms, desired }, index) => sum + desired * ((timeline[index + 1]?.ms ?? ms) - ms), 0);
  return { highest: timeline.reduce((most, { ready }) => Math.max(most, ready), 0), podSeconds: podMs / 1_000 };
}
