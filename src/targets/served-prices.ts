import type { PriceData } from '../prices/table.ts';
import { JsonReader } from './read-json.ts';

/** What a replica answers from. */
export interface ServedPrices extends PriceData {
  /** Why it did not take newer prices; null when it has the newest. */
  readonly rejection: string | null;
}

/** Reads the answer of `/version`. Throws TypeError for another answer, and while the replica has no prices. */
export function readServedPrices(answer: unknown): ServedPrices {
  const version = new JsonReader(answer, 'version');
  const prices = version.field('prices');
  return {
    rows: prices.field('rows').number(),
    bytes: prices.field('bytes').number(),
    sha256: prices.field('sha256').text(),
    rejection: version.field('rejection').textOrNull(),
  };
}

/** Why a replica serves other prices than the newest, in words; null when it doesn't. */
export function describeRejection(prices: ServedPrices | undefined): string | null {
  const rejection = prices?.rejection ?? null;
  return rejection === null ? null : `serves older prices: ${rejection}`;
}

/** What all answer from; null when they differ, when one of them doesn't say, or when there are none. */
export function commonPriceData(all: readonly (PriceData | undefined)[]): PriceData | null {
  const [first] = all;
  if (first === undefined || !all.every((data) => data?.sha256 === first.sha256)) return null;
  return { rows: first.rows, bytes: first.bytes, sha256: first.sha256 };
}
