import { UsageError } from '../tools/errors.ts';
import { formatDuration, longestDurationMs } from './duration.ts';
import type { Profile, Scenario, Stage } from './profile.ts';
import { checkVus, parseRate, parseStages } from './profile-values.ts';
import { parseThresholds } from './threshold-parser.ts';

/** What a user may say about the load to make; a value that wasn't given is absent or undefined. */
export interface ProfileOptions {
  readonly vus?: number | undefined;
  /** `DURATION:VUS,...` */
  readonly stages?: string | undefined;
  readonly durationMs?: number | undefined;
  /** `N/s` */
  readonly rate?: string | undefined;
  readonly thinkTimeMs?: number | undefined;
  /** `METRIC:EXPRESSION` each. */
  readonly thresholds?: readonly string[] | undefined;
}

/** What is judged when the user names no threshold: no request and no check may fail. */
export const defaultThresholds: Profile['thresholds'] = { http_req_failed: ['rate==0'], checks: ['rate==1'] };

const defaultVus = 100;
const defaultThinkTimeMs = 1_000;

/** k6's default of `gracefulStop` and `gracefulRampDown`. */
const gracefulStopMs = 30_000;

/**
 * The profile that the options ask for. With nothing but virtual users it is the seed's shape: two minutes up, five flat, two down.
 * Throws UsageError for values that make no sense or contradict each other.
 */
export function buildProfile(options: ProfileOptions): Profile {
  checkConflicts(options);
  if (options.vus !== undefined) checkVus(options.vus);
  checkDuration('--duration', options.durationMs, false);
  checkDuration('--think-time', options.thinkTimeMs, true);
  const isSeed = options.stages === undefined && options.durationMs === undefined && options.rate === undefined;
  return {
    name: isSeed ? 'seed' : 'custom',
    scenario: toScenario(options),
    thinkTimeMs: options.thinkTimeMs ?? (options.rate === undefined ? defaultThinkTimeMs : 0),
    thresholds: options.thresholds?.length ? parseThresholds(options.thresholds) : defaultThresholds,
    gracefulStopMs,
  };
}

/** The original experiment's stages with its peak at `vus`. */
function seedStages(vus: number): readonly Stage[] {
  return [
    { durationMs: 120_000, target: vus },
    { durationMs: 300_000, target: vus },
    { durationMs: 120_000, target: 0 },
  ];
}

/**
 * Virtual users for an arrival rate. A request keeps its user busy as long as it lasts (Little's law), so there are enough from the start
 * for requests of 50 ms, and more are made up to enough for a second each. With bounds, as every user has a connection.
 */
export function vusForRate(rate: number): { readonly preAllocatedVus: number; readonly maxVus: number } {
  const preAllocatedVus = Math.min(Math.max(Math.ceil(rate * 0.05), 10), 1_000);
  return { preAllocatedVus, maxVus: Math.min(Math.max(Math.ceil(rate), 100), 5_000) };
}

function toScenario({ vus, stages, durationMs, rate }: ProfileOptions): Scenario {
  if (stages !== undefined) return { executor: 'ramping-vus', startVus: vus ?? 0, stages: parseStages(stages) };
  if (rate !== undefined) {
    const perSecond = parseRate(rate);
    if (durationMs === undefined) throw usage(`--rate ${rate} needs a length, such as --rate ${rate} --duration 1m`);
    return { executor: 'constant-arrival-rate', rate: perSecond, durationMs, ...vusForRate(perSecond) };
  }
  if (durationMs !== undefined) return { executor: 'constant-vus', vus: vus ?? defaultVus, durationMs };
  return { executor: 'ramping-vus', startVus: 0, stages: seedStages(vus ?? defaultVus) };
}

function checkConflicts({ vus, stages, durationMs, rate, thinkTimeMs }: ProfileOptions): void {
  if (stages !== undefined && durationMs !== undefined) {
    throw usage('--stages and --duration exclude each other: stages have durations of their own, as --stages 30s:100,1m:100');
  }
  if (stages !== undefined && rate !== undefined) {
    throw usage('--stages and --rate exclude each other: users ramp as --stages 2m:100,2m:0, a rate is constant, as --rate 500/s --duration 1m');
  }
  if (rate !== undefined && vus !== undefined) {
    throw usage('--rate and --vus exclude each other: a rate takes the virtual users that it needs, as --rate 500/s --duration 1m');
  }
  if (rate !== undefined && thinkTimeMs !== undefined) {
    throw usage('--rate and --think-time exclude each other: a rate has no thinking, as --rate 500/s --duration 1m');
  }
}

function checkDuration(flag: string, ms: number | undefined, mayBeZero: boolean): void {
  if (ms === undefined) return;
  const isLongEnough = mayBeZero ? ms >= 0 : ms > 0;
  if (!isLongEnough || !(ms <= longestDurationMs)) {
    throw usage(`${flag} must be ${mayBeZero ? 'at least' : 'more than'} 0 and at most ${formatDuration(longestDurationMs)}, such as ${flag} 1m`);
  }
}

function usage(message: string): UsageError {
  return new UsageError('PRICECTL_E_USAGE', message);
}
