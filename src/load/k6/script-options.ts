import { UsageError } from '../../tools/errors.ts';
import { formatDuration } from '../duration.ts';
import { profileLengthMs } from '../profile-description.ts';
import { ownScenario, type Profile, type Scenario, type Stage } from '../profile.ts';

/** A scenario as k6 reads it from a script's options. */
export type K6Scenario = Readonly<Record<string, string | number | readonly { readonly duration: string; readonly target: number }[]>>;

/** Options of a k6 script. */
export interface K6Options {
  readonly scenarios: Readonly<Record<string, K6Scenario>>;
  readonly thresholds: Profile['thresholds'];
  readonly discardResponseBodies: boolean;
  readonly userAgent: string;
}

/** k6 refuses shorter tests of constant load (k6: lib/executor/base_config.go, minDuration). */
const shortestMs = 1_000;

/** k6's rates are whole numbers a time unit; these units, in seconds, are tried for others. */
const unitSeconds = [1, 10, 60, 100, 1_000, 3_600] as const;
const lastUnitSeconds = 1_000_000;

/**
 * The options that make k6 load as the profile says. Throws UsageError for a test that is shorter than k6 can make it, TypeError for an
 * open-ended profile.
 */
export function k6Options(profile: Profile, userAgent: string): K6Options {
  const lengthMs = profileLengthMs(profile);
  if (lengthMs === null) throw new TypeError('k6 makes profiles of a fixed length only');
  if ('durationMs' in profile.scenario && lengthMs < shortestMs) {
    throw new UsageError('PRICECTL_E_USAGE', `k6 makes load for 1 s at least, not for ${formatDuration(lengthMs)}`, { hints: ['--engine node'] });
  }
  return {
    scenarios: { price: k6Scenario(ownScenario(profile), duration(profile.gracefulStopMs)) },
    thresholds: profile.thresholds,
    discardResponseBodies: true,
    userAgent,
  };
}

function k6Scenario(scenario: Scenario, gracefulStop: string): K6Scenario {
  const { executor } = scenario;
  switch (executor) {
    case 'constant-vus':
      return { executor, vus: scenario.vus, duration: duration(scenario.durationMs), gracefulStop };
    case 'ramping-vus':
      return { executor, startVUs: scenario.startVus, stages: scenario.stages.map((stage) => k6Stage(stage, 1)), gracefulStop, gracefulRampDown: gracefulStop };
    case 'constant-arrival-rate': {
      const seconds = timeUnitOf([scenario.rate]);
      const rate = Math.round(scenario.rate * seconds);
      const { preAllocatedVus: preAllocatedVUs, maxVus: maxVUs } = scenario;
      return { executor, rate, timeUnit: `${seconds}s`, duration: duration(scenario.durationMs), preAllocatedVUs, maxVUs, gracefulStop };
    }
    case 'ramping-arrival-rate': {
      const seconds = timeUnitOf([scenario.startRate, ...scenario.stages.map(({ target }) => target)]);
      const stages = scenario.stages.map((stage) => k6Stage(stage, seconds));
      const { preAllocatedVus: preAllocatedVUs, maxVus: maxVUs } = scenario;
      return { executor, startRate: Math.round(scenario.startRate * seconds), timeUnit: `${seconds}s`, stages, preAllocatedVUs, maxVUs, gracefulStop };
    }
  }
}

function k6Stage({ durationMs, target }: Stage, seconds: number): { readonly duration: string; readonly target: number } {
  return { duration: duration(durationMs), target: Math.round(target * seconds) };
}

/** The first time unit, in seconds, in which all rates are whole numbers. */
function timeUnitOf(rates: readonly number[]): number {
  return unitSeconds.find((seconds) => rates.every((rate) => isWhole(rate * seconds))) ?? lastUnitSeconds;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9 * Math.max(1, value);
}

function duration(ms: number): string {
  return `${ms}ms`;
}
