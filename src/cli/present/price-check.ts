import { describePriceData } from '../../prices/describe-data.ts';
import type { PricesCheckResult } from '../../workflows/check-prices.ts';
import type { Style } from '../style.ts';

/** The outcome of `prices check` on one line. */
export function presentPriceCheck(result: PricesCheckResult, style: Style): string {
  if (result.prices !== null) return `${style.good('valid')}  ${result.file}: ${describePriceData(result.prices)}`;
  return `${style.bad('invalid')}  ${result.problem?.message ?? result.file}`;
}
