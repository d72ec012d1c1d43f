import type { LoadTestResult } from './summary.ts';
import type { PercentileBracket } from './summary-brackets.ts';
import { parseExpression } from './threshold-parser.ts';
import { formatK6Duration, formatPlain } from './k6-units.ts';

/** How good a test's percentiles are: `percentiles merged from 3 runners: p(95) of http_req_duration lies in 2.07ms .. 2.09ms`. */
export function percentileWords(result: LoadTestResult): string {
  const { percentiles, runners } = result;
  if (percentiles.method !== 'grid') {
    return percentiles.method === 'exact' ? 'percentiles are exact' : `percentiles are within ${formatPlain(100 * percentiles.relativeError)} % of their value`;
  }
  const sources = runners.filter(({ payload }) => payload === 'received').length;
  const merged = `percentiles merged from ${sources} runner${sources === 1 ? '' : 's'}, ranks within ${formatPlain(wholeUnits(100 * percentiles.rankError, 0.01, Math.ceil))} %`;
  const shown = percentiles.brackets.filter((bracket) => isAskedFor(bracket, result)).map((bracket) => bracketWords(bracket, result));
  return shown.length === 0 ? merged : `${merged}: ${shown.join('; ')}`;
}

/** p(95) of http_req_duration is in the first line, others only when a threshold judges them. */
function isAskedFor({ metric, percentile }: PercentileBracket, { thresholds }: LoadTestResult): boolean {
  if (metric === 'http_req_duration' && percentile === 'p(95)') return true;
  return thresholds.some((threshold) => threshold.metric === metric && percentileName(threshold.expression) === percentile);
}

function percentileName(expression: string): string {
  const { method, percentile } = parseExpression(expression, expression);
  return percentile === null ? method : `p(${percentile})`;
}

function bracketWords({ metric, percentile, low, high }: PercentileBracket, { metrics }: LoadTestResult): string {
  const isTime = metrics[metric]?.contains === 'time';
  const format = isTime ? formatK6Duration : formatPlain;
  if (low === high) return `${percentile} of ${metric} is ${format(low)}`;
  const unit = isTime ? durationUnit : plainUnit;
  return `${percentile} of ${metric} lies in ${format(wholeUnits(low, unit(low), Math.floor))} .. ${format(wholeUnits(high, unit(high), Math.ceil))}`;
}

/** What `formatK6Duration` cuts off begins below this, in milliseconds. */
function durationUnit(ms: number): number {
  const range = [0.001, 1, 1_000, 60_000].findIndex((end) => ms < end);
  return [1e-6, 1e-5, 0.01, 10][range] ?? 1_000;
}

/** What `formatPlain` rounds begins below this. */
function plainUnit(value: number): number {
  return Math.abs(value) < 1_000 ? 0.01 : 1;
}

/** A quotient that misses a whole number by the rounding of doubles alone is that number. */
function wholeUnits(value: number, unit: number, round: (quotient: number) => number): number {
  return round(Number((value / unit).toPrecision(12))) * unit;
}
