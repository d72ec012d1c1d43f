import { describePriceData } from '../../prices/describe-data.ts';
import { plainText } from '../../tools/plain-text.ts';
import type { PricesPushResult } from '../../workflows/push-prices.ts';
import type { PodPrices, PricesShowResult } from '../../workflows/show-prices.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';
import { formatMs } from './numbers.ts';

/** What `prices push` did, after its steps were shown. */
export function presentPricesPush(result: PricesPushResult, style: Style): string {
  const what = result.prices === null ? 'not all replicas say what they serve' : describePriceData(result.prices);
  const isUnchanged = result.steps.every(({ outcome }) => outcome !== 'done');
  return `${style.bold(result.name)} ${isUnchanged ? 'unchanged' : style.good('serves')} ${what} ${style.dim(`(${formatMs(result.ms)})`)}`;
}

/** What each replica serves. */
export function presentPricesShow(result: PricesShowResult, style: Style): string {
  const head = result.prices === null ? style.careful(result.same ? 'unknown' : 'not all the same') : describePriceData(result.prices);
  return [`${style.bold(result.name)} from ${result.source}: ${head}`, '', podRows(result.pods, style)].join('\n');
}

function podRows(pods: readonly PodPrices[], style: Style): string {
  const rows = pods.map(({ name, ready, sha256, problem }) => [name, ready ? 'ready' : 'not ready', sha256 === null ? '-' : `${sha256.slice(0, 12)}…`, plainText(problem ?? '')]);
  return formatColumns(['REPLICA', 'STATE', 'PRICES', ''], rows, style);
}
