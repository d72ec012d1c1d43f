import { formatDuration } from './duration.ts';
import type { Profile, Stage } from './profile.ts';

/**
 * Length of a profile in milliseconds, without the graceful stop after it.
 * Null for an open-ended one and for a script's: its end isn't known before it is reached.
 */
export function profileLengthMs({ scenario }: Profile): number | null {
  switch (scenario.executor) {
    case 'constant-vus':
    case 'constant-arrival-rate':
      return scenario.durationMs;
    case 'ramping-vus':
      return lengthOf(scenario.stages);
    case 'ramping-arrival-rate':
      return scenario.openEnded ? null : lengthOf(scenario.stages);
    case 'script':
      return null;
  }
}

/** A profile in a few words: `ramping to 100 VUs over 9 m, thinking 1 s after each request`. */
export function describeProfile(profile: Profile): string {
  const thinking = profile.thinkTimeMs > 0 ? `, thinking ${formatDuration(profile.thinkTimeMs)} after each request` : '';
  return `${describeScenario(profile.scenario)}${thinking}`;
}

function describeScenario(scenario: Profile['scenario']): string {
  switch (scenario.executor) {
    case 'constant-vus':
      return `${formatVus(scenario.vus)} for ${formatDuration(scenario.durationMs)}`;
    case 'ramping-vus':
      return `ramping to ${formatVus(peakOf(scenario.startVus, scenario.stages))} over ${formatDuration(lengthOf(scenario.stages))}`;
    case 'constant-arrival-rate':
      return `${formatNumber(scenario.rate)} requests/s for ${formatDuration(scenario.durationMs)}`;
    case 'ramping-arrival-rate': {
      const start = `${formatNumber(scenario.startRate)} requests/s`;
      if (scenario.openEnded) return `${start} at first, then as the service takes it`;
      return `ramping from ${start} to ${formatNumber(peakOf(0, scenario.stages))} over ${formatDuration(lengthOf(scenario.stages))}`;
    }
    case 'script':
      return `as ${scenario.file} says`;
  }
}

function lengthOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function peakOf(start: number, stages: readonly Stage[]): number {
  return Math.max(start, ...stages.map(({ target }) => target));
}

function formatVus(vus: number): string {
  return `${formatNumber(vus)} ${vus === 1 ? 'VU' : 'VUs'}`;
}

function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}
