import type { EngineResult } from './engine.ts';
import type { PercentileSummary } from './summary-brackets.ts';
import { parseExpression } from './threshold-parser.ts';
import type { ThresholdResult } from './thresholds.ts';

/**
 * What limits the worth of the judgement: failures that no threshold looks at, thresholds that nothing was measured for, or that are closer than
 * the error of a percentile.
 */
export function judgementWarnings(
  result: EngineResult,
  thresholds: readonly ThresholdResult[],
  percentiles: PercentileSummary,
): readonly string[] {
  return [...unjudgedFailures(result, thresholds), ...doubtfulThresholds(thresholds, percentiles)];
}

function unjudgedFailures({ metrics }: EngineResult, thresholds: readonly ThresholdResult[]): readonly string[] {
  const failed = metrics.get('http_req_failed');
  const isJudged = thresholds.some(({ metric }) => /^(http_req_failed|checks)\b/.test(metric));
  if (failed?.type !== 'rate' || failed.passes === 0 || isJudged) return [];
  return [`${failed.passes} of ${failed.total} requests failed, and no threshold judges that`];
}

function doubtfulThresholds(thresholds: readonly ThresholdResult[], percentiles: PercentileSummary): readonly string[] {
  return thresholds.flatMap((threshold) => {
    const { metric, expression, value, ok } = threshold;
    if (value === null) return [`${metric}: ${expression} was judged without samples, as k6 does: ${ok ? 'it holds' : 'it does not hold'}`];
    return isWithinError(threshold, value, percentiles)
      ? [`${metric}: ${expression} is closer to the measured ${value.toFixed(3)} than the error of percentiles allows to tell`]
      : [];
  });
}

/** Only percentiles have an error, and their extremes have none. */
function isWithinError({ metric, expression }: ThresholdResult, value: number, percentiles: PercentileSummary): boolean {
  const { method, percentile, limit } = parseExpression(expression, `${metric}:${expression}`);
  const isEstimate = method === 'med' || (percentile !== null && percentile > 0 && percentile < 100);
  if (!isEstimate) return false;
  if (percentiles.method !== 'grid') return percentiles.relativeError > 0 && Math.abs(value - limit) <= value * percentiles.relativeError;
  const name = percentile === null ? method : `p(${percentile})`;
  const bracket = percentiles.brackets.find((candidate) => candidate.metric === metric && candidate.percentile === name);
  return bracket !== undefined && bracket.low < bracket.high && bracket.low <= limit && limit <= bracket.high;
}
