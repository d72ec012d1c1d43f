import { mostSampleBytes } from '../../targets/kubernetes/manifest-test-run-samples.ts';
import { UsageError } from '../../tools/errors.ts';
import { splitLoad } from '../k6/split.ts';
import { ownScenario, type Profile, type Stage } from '../profile.ts';

/** What k6 writes for one request of a profile: 13 lines, with the tags that the operator adds. */
const bytesPerRequest = 4_600;

/** Throws UsageError when a profile makes more samples than a runner may keep. What only shows during the load isn't foreseen. */
export function refuseManySamples(profile: Profile, parallelism: number): void {
  const requests = mostRequests(profile);
  if (requests === null) return;
  const shares = splitLoad(ownScenario(profile), parallelism).map(({ maxVus }) => maxVus);
  const all = shares.reduce((sum, share) => sum + share, 0);
  const ofRunner = Math.ceil((requests * Math.max(...shares)) / all);
  if (ofRunner * bytesPerRequest <= mostSampleBytes) return;
  const message = `--raw keeps ${megabytes(mostSampleBytes)} of samples a runner, and this load may make ${megabytes(ofRunner * bytesPerRequest)} of ${ofRunner.toLocaleString('en-US')} requests on one`;
  throw new UsageError('PRICECTL_E_USAGE', message, { hints: ['make a shorter or smaller load, or share it among more runners: --parallelism'] });
}

/** The most requests that a profile makes; null when that depends on how fast the service is, or on a script. */
export function mostRequests({ scenario, thinkTimeMs }: Profile): number | null {
  switch (scenario.executor) {
    case 'script':
      return null;
    case 'constant-arrival-rate':
      return Math.ceil((scenario.rate * scenario.durationMs) / 1_000);
    case 'ramping-arrival-rate':
      return scenario.openEnded ? null : Math.ceil(areaOf(scenario.startRate, scenario.stages) / 1_000);
    case 'constant-vus':
      return thinkTimeMs === 0 ? null : scenario.vus * Math.ceil(scenario.durationMs / thinkTimeMs);
    case 'ramping-vus':
      return thinkTimeMs === 0 ? null : Math.ceil(areaOf(scenario.startVus, scenario.stages) / thinkTimeMs);
  }
}

/** Of a ramp: what it is at each moment, added up over its milliseconds. */
function areaOf(start: number, stages: readonly Stage[]): number {
  return stages.reduce((sum, { target, durationMs }, index) => sum + (((stages[index - 1]?.target ?? start) + target) / 2) * durationMs, 0);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString('en-US')} MB`;
}
