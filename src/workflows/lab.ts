import type { LoadProgress, LoadRequest } from '../load/engine.ts';
import type { LoadTestResult } from '../load/summary.ts';
import type { Target } from '../targets/target.ts';
import { TimeoutError } from '../tools/errors.ts';
import type { DownResult } from './down.ts';
import { takeDown } from './down.ts';
import { type LoadTestOptions, type LoadTestOutcome, runLoadTest } from './load-test.ts';
import { type ScaleEvent, scaleEvents, type Scaling, summariseScaling } from './scaling.ts';
import type { GivenSettings } from './service-settings.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';
import type { StepRunner } from './steps.ts';
import { bringUp, type UpResult } from './up.ts';

/** The whole experiment. */
export interface LabResult {
  readonly up: UpResult;
  readonly loadtest: LoadTestResult;
  readonly scaling: Scaling;
  /** Each decision that changed the number of replicas, and why. */
  readonly events: readonly ScaleEvent[];
  /** Path of the HTML report; null when it could not be written. */
  readonly report: string | null;
  /** Null when the service was kept. */
  readonly down: DownResult | null;
  /** What the reader should know beside the numbers: a rate that was lowered, why it did not scale. */
  readonly notes: readonly string[];
}

/** What `lab` needs. */
export interface LabOptions {
  readonly target: Target;
  readonly reason: string;
  readonly given: GivenSettings;
  readonly defaultPrices: string;
  /** Leave the service up. */
  readonly keep: boolean;
  readonly runSteps: StepRunner;
  readonly signal: AbortSignal;
  readonly load: Pick<LoadTestOptions, 'engine' | 'folder' | 'clock' | 'measuredOn'>;
  /** The load for the service at this URL. */
  readonly toRequest: (url: string) => LoadRequest;
  readonly steer?: NonNullable<LoadTestOptions['steer']>;
  /** The service is up and the load begins. */
  readonly onUp: () => void;
  readonly onProgress: (progress: LoadProgress, latest: SnapshotSample | undefined) => void;
  readonly onLoadEnd: () => void;
}

/** A lab that ran, with what is recorded of it. */
export interface LabOutcome {
  readonly result: Omit<LabResult, 'notes'>;
  readonly load: LoadTestOutcome;
  /** What made the way to the service no path for a load test, in words; null when it was one. */
  readonly warning: string | null;
  /** Why the service could not be removed; the measurement stands all the same. */
  readonly leftBehind?: { readonly error: unknown };
}

/**
 * Brings a service of its own up, loads it, watches it scale and takes it down, also when a step fails or the signal aborts.
 * An abort during the load ends it early; the outcome then has what was measured. Throws what its parts throw.
 */
export async function runLab(options: LabOptions): Promise<LabOutcome> {
  const [measured] = await Promise.allSettled([measure(options)]);
  options.onLoadEnd();
  const [removed] = await Promise.allSettled([options.keep ? null : removeService(options)]);
  if (measured.status === 'rejected') throw measured.reason;
  const { up, load, warning } = measured.value;
  const down = removed.status === 'fulfilled' ? removed.value : null;
  const leftBehind = removed.status === 'rejected' ? { error: removed.reason as unknown } : undefined;
  return {
    ...(leftBehind && { leftBehind }),
    result: { up, loadtest: load.result, scaling: summariseScaling(load.timeline), events: scaleEvents(load.samples), report: null, down },
    load,
    warning,
  };
}

async function measure(options: LabOptions): Promise<Pick<LabOutcome, 'load' | 'warning'> & { readonly up: UpResult }> {
  const { target, reason, given, defaultPrices, runSteps, signal } = options;
  const up = await bringUp({ target, reason, given, defaultPrices, runSteps, signal });
  options.onUp();
  const { onProgress, steer } = options;
  await using connection = await target.connect(signal);
  const request = options.toRequest(connection.url);
  const load = await runLoadTest({ ...options.load, request, target, signal, onProgress, ...(steer && { steer }) });
  return { up, load, warning: connection.warning };
}

/** Not by the command's signal: what an interrupted lab made must go all the same. */
async function removeService({ target, runSteps }: LabOptions): Promise<DownResult> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimeoutError('PRICECTL_E_TIMEOUT', `${target.identity.name} is not gone after 180 s`)), 180_000);
  try {
    return await takeDown({ target, runSteps, signal: limit.signal, cluster: false, runsToDelete: undefined });
  } finally {
    clearTimeout(timer);
  }
}
