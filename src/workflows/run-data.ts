import type { Distribution } from '../load/distribution.ts';
import type { LoadProgress } from '../load/engine.ts';
import type { RunStore } from '../load/run-store.ts';
import { NegativeError, PricectlError } from '../tools/errors.ts';
import { isRecord, parseJson } from '../tools/json.ts';
import { readRun, type RunRecord } from './recorded-runs.ts';
import type { ScalingPoint } from './scaling.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** Names of the files that hold what was recorded beside the record. */
export const runFiles = { series: 'series.json', timeline: 'timeline.json', distribution: 'distribution.json', snapshots: 'snapshots.ndjson' } as const;

/** All that is recorded of a run. */
export interface RunData {
  readonly record: RunRecord;
  /** The load, about once a second. */
  readonly series: readonly LoadProgress[];
  readonly timeline: readonly ScalingPoint[];
  /** The service, about once a second, by the time since the load began; empty when it wasn't one of ours. */
  readonly samples: readonly SnapshotSample[];
  /** How long requests took; null when there was none, and for runs of before it was recorded. */
  readonly distribution: Distribution | null;
  /** What of it is missing or damaged, a sentence each. */
  readonly problems: readonly string[];
}

/** Reads a run with its series. A part that is missing or damaged is left out and said. Throws what `readRun` throws. */
export async function readRunData(runs: RunStore, id: string): Promise<RunData> {
  const record = await readRun(runs, id);
  const problems: string[] = [];
  const lines = async (file: string, split: (text: string) => readonly unknown[]): Promise<readonly unknown[]> => {
    try {
      return split(await runs.read(id, file));
    } catch (error) {
      if (!(error instanceof PricectlError)) throw error;
      problems.push(`${file} can't be read`);
      return [];
    }
  };
  const keep = <T>(file: string, values: readonly unknown[], isWhole: (value: unknown) => value is T): readonly T[] => {
    const whole = values.filter(isWhole);
    if (whole.length < values.length) problems.push(`${file}: ${values.length - whole.length} of ${values.length} entries are damaged`);
    return whole;
  };
  const series = keep(runFiles.series, await lines(runFiles.series, parseList), isProgress);
  const timeline = keep(runFiles.timeline, await lines(runFiles.timeline, parseList), isPoint);
  const samples = keep(runFiles.snapshots, await lines(runFiles.snapshots, parseLines), isSample);
  const distribution = await readDistribution(runs, id);
  if (distribution === undefined) problems.push(`${runFiles.distribution} is damaged`);
  return { record, series, timeline, samples, distribution: distribution ?? null, problems };
}

/** Null when there is none, undefined when it isn't as it was written. */
async function readDistribution(runs: RunStore, id: string): Promise<Distribution | null | undefined> {
  try {
    const value = parseJson(await runs.read(id, runFiles.distribution));
    return value === null || isDistribution(value) ? value : undefined;
  } catch (error) {
    if (error instanceof NegativeError) return null;
    if (error instanceof PricectlError) return undefined;
    throw error;
  }
}

/** The entries of a JSON list; what isn't one is one damaged entry. */
function parseList(text: string): readonly unknown[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value : [undefined];
}

function parseLines(text: string): readonly unknown[] {
  return text.split('\n').filter((line) => line !== '').map(parseJson);
}

function isProgress(value: unknown): value is LoadProgress {
  return isRecord(value) && ['elapsedMs', 'vus', 'requests', 'failed', 'requestsPerSecond'].every((key) => typeof value[key] === 'number');
}

function isPoint(value: unknown): value is ScalingPoint {
  return isRecord(value) && ['ms', 'desired', 'ready'].every((key) => typeof value[key] === 'number');
}

function isDistribution(value: unknown): value is Distribution {
  if (!isRecord(value) || typeof value['metric'] !== 'string' || typeof value['count'] !== 'number' || !Array.isArray(value['quantiles'])) return false;
  return value['quantiles'].every((pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every((number) => typeof number === 'number'));
}

/** Snapshots of before the autoscaler's decision was recorded are not whole. */
function isSample(value: unknown): value is SnapshotSample {
  if (!isRecord(value) || typeof value['ms'] !== 'number' || !isRecord(value['snapshot'])) return false;
  const { atMs, replicas, autoscaler, pods } = value['snapshot'];
  return typeof atMs === 'number' && isRecord(replicas) && isRecord(autoscaler) && Array.isArray(pods) && pods.every((pod: unknown) => isRecord(pod) && typeof pod['name'] === 'string');
}
