import { type Distribution, distributionOf } from '../load/distribution.ts';
import type { LoadEngine, LoadProgress, LoadRequest, LoadRun } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import { type LoadTestResult, summarise } from '../load/summary.ts';
import { profileLengthMs } from '../load/profile-description.ts';
import type { RunFolder } from '../load/run-store.ts';
import type { ServiceSettings, Target } from '../targets/target.ts';
import type { Clock } from '../tools/clock.ts';
import { TimeoutError } from '../tools/errors.ts';
import { withoutSecrets } from '../tools/secrets.ts';
import { publishLoad } from './live-load.ts';
import { recordFile, runFormat, type RunRecord, summaryFile } from './recorded-runs.ts';
import { type RunData, runFiles } from './run-data.ts';
import { type ScalingPoint, sinceLoadBegan, toTimeline } from './scaling.ts';
import { type SnapshotSample, startSampling } from './snapshot-sampler.ts';

/** A load test to run. */
export interface LoadTestOptions {
  readonly engine: LoadEngine;
  readonly request: LoadRequest;
  /** The service that is loaded, when it is one of ours: sampled each second. */
  readonly target: Target | undefined;
  /** Where the run is recorded. */
  readonly folder: RunFolder;
  readonly clock: Clock;
  readonly measuredOn: MeasuredOn;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress, latest: SnapshotSample | undefined) => void;
  /** Drives an open-ended profile while it runs; an error ends the test. */
  readonly steer?: (run: LoadRun, latest: () => SnapshotSample | undefined, signal: AbortSignal) => Promise<void>;
}

/** A finished load test. */
export interface LoadTestOutcome {
  readonly result: LoadTestResult;
  readonly interrupted: boolean;
  readonly timeline: readonly ScalingPoint[];
  readonly samples: readonly SnapshotSample[];
  readonly series: readonly LoadProgress[];
  /** How long requests took; null when there was none. */
  readonly distribution: Distribution | null;
  /** What the service ran with when the load began; null when it isn't known. */
  readonly settings: ServiceSettings | null;
  readonly folder: RunFolder;
}

/**
 * Makes the load, samples the service meanwhile, and sums up.
 * An abort ends the load early: the outcome then says so and has what was measured until then.
 * Throws what the engine throws.
 */
export async function runLoadTest(options: LoadTestOptions): Promise<LoadTestOutcome> {
  const settings = await settingsOf(options);
  await using sampler = options.target && startSampling({ target: options.target, clock: options.clock, everyMs: 1_000 });
  const latest = () => sampler?.latest();
  const start = meterStart(options.clock);
  // The end of the engine, whatever it is, ends the steering; a steering that fails ends the engine.
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  await using live = publishLoad({
    folder: options.folder,
    engine: options.engine.name,
    service: options.target?.identity ?? null,
    totalMs: profileLengthMs(options.request.profile),
  });
  const onProgress = (progress: LoadProgress) => {
    start.note(progress);
    live.note(progress);
    options.onProgress(progress, latest());
  };
  const run = options.engine.start(options.request, { signal, onProgress });
  const steering = options.steer?.(run, latest, signal).catch((error: unknown) => {
    ending.abort();
    throw error;
  });
  const [measured] = await Promise.all([run.result.finally(() => ending.abort()), steering]);
  const samples = sinceLoadBegan(sampler?.samples ?? [], start.ms());
  const timeline = toTimeline(samples, measured.series);
  const result = summarise({ ...describe(options), endedBy: endedBy(options.signal), result: measured });
  const { interrupted, series, metrics } = measured;
  return { result, interrupted, timeline, samples, series, distribution: distributionOf(metrics, 'http_req_duration'), settings, folder: options.folder };
}

/** For the record alone: what can't be read doesn't keep the load from running. */
async function settingsOf({ target, signal }: LoadTestOptions): Promise<ServiceSettings | null> {
  const settings = await target?.runningSettings(signal).catch(() => undefined);
  return settings ?? null;
}

/** Tells when the load began, in milliseconds after this call: pods and processes take their time to start. */
function meterStart(clock: Clock): { note(progress: LoadProgress): void; ms(): number } {
  const calledMs = clock.monotonicMs();
  let beganMs: number | undefined;
  return {
    note: ({ elapsedMs }) => {
      beganMs ??= Math.max(0, Math.round(clock.monotonicMs() - calledMs - elapsedMs));
    },
    ms: () => beganMs ?? 0,
  };
}

/** What the run's folder gets beside the outcome. */
export interface Recording {
  readonly target: Target | undefined;
  /** The summary as text. */
  readonly summary: string;
  /** The arguments of pricectl that made the run. */
  readonly command: readonly string[];
}

/**
 * Writes result, series, timeline, distribution, snapshots and the text summary into the run's folder, and returns it: no secret of a URL, for runs and
 * their reports are passed on. Throws EnvironmentError.
 */
export async function recordRun(outcome: LoadTestOutcome, { target, summary, command }: Recording): Promise<RunData> {
  const { result, settings } = outcome;
  const told = settings && { ...settings, prices: withoutSecrets(settings.prices) };
  const record: RunRecord = { format: runFormat, result, service: target?.identity ?? null, settings: told, command: command.map(withoutSecrets) };
  const { folder, timeline, samples, series, distribution } = outcome;
  await folder.write(summaryFile, `${summary}\n`);
  await folder.write(runFiles.series, JSON.stringify(series));
  await folder.write(runFiles.timeline, JSON.stringify(timeline));
  await folder.write(runFiles.distribution, JSON.stringify(distribution));
  await folder.write(runFiles.snapshots, samples.values().map((sample) => `${JSON.stringify(sample)}\n`));
  await folder.write(recordFile, JSON.stringify(record, null, 2));
  return { record, series, timeline, samples, distribution, problems: [] };
}

/** What ended a test before its time. */
function endedBy({ aborted, reason }: AbortSignal): string | undefined {
  return aborted && reason instanceof TimeoutError ? 'timed out' : undefined;
}

function describe(options: LoadTestOptions) {
  return {
    id: options.folder.id,
    folder: options.folder.path,
    engine: options.engine.name,
    target: options.target?.identity.target ?? null,
    url: options.request.url,
    profile: options.request.profile,
    measuredOn: options.measuredOn,
  };
}
