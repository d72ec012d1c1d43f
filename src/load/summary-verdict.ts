import type { EngineResult } from './engine.ts';
import { formatDuration } from './duration.ts';
import type { Profile } from './profile.ts';
import { profileLengthMs } from './profile-description.ts';
import { runnerFailures, runnerGaps } from './summary-runners.ts';
import type { Sink } from './sinks.ts';
import type { ThresholdResult } from './thresholds.ts';

/** How a load test ended. */
export type Verdict = 'passed' | 'failed' | 'incomplete';

/**
 * `incomplete` when data is missing, else by the thresholds and by what a script said itself. Without thresholds a complete test has passed.
 */
export function verdictOf(profile: Profile, result: EngineResult, thresholds: readonly ThresholdResult[]): Verdict {
  if (gapsOf(profile, result, undefined).length > 0) return 'incomplete';
  const hasFailed = runnerFailures(result).length > 0 || thresholds.some(({ ok }) => !ok);
  return hasFailed ? 'failed' : 'passed';
}

/**
 * Why the verdict isn't `passed`, or that nothing was judged: what is missing first, then thresholds that did not hold. `endedBy` says what ended
 * an interrupted test.
 */
export function reasonsOf(profile: Profile, result: EngineResult, thresholds: readonly ThresholdResult[], endedBy?: string): readonly string[] {
  const crossed = thresholds.filter(({ ok }) => !ok).map((threshold) => describeCrossed(threshold, result.metrics.get(threshold.metric)));
  const unjudged = thresholds.length === 0 ? ['no thresholds: nothing was judged'] : [];
  return [...gapsOf(profile, result, endedBy), ...runnerFailures(result), ...crossed, ...unjudged];
}

/** What of the test's data is missing. */
function gapsOf(profile: Profile, result: EngineResult, endedBy: string | undefined): readonly string[] {
  const gaps: string[] = [];
  if (result.interrupted) {
    const lengthMs = profileLengthMs(profile);
    const planned = lengthMs === null ? '' : ` of ${formatDuration(lengthMs)}`;
    gaps.push(`${endedBy ?? 'interrupted'} after ${formatDuration(result.ms)}${planned}: the numbers are of that time only`);
  }
  gaps.push(...runnerGaps(result));
  const requests = result.metrics.get('http_reqs');
  if (requests?.type !== 'counter' || requests.count === 0) gaps.push('no request was finished');
  return gaps;
}

function describeCrossed({ metric, expression, value }: ThresholdResult, sink: Sink | undefined): string {
  const unit = sink?.contains === 'time' ? ' ms' : '';
  const measured = value === null ? 'there are no samples' : `it is ${value.toLocaleString('en-US', { maximumFractionDigits: 6 })}${unit}`;
  return `${metric}: ${expression} does not hold, ${measured}`;
}
