import type { PriceData } from '../../prices/table.ts';
import type { HttpClient } from '../../tools/http.ts';
import { getJson } from '../../tools/http.ts';
import { JsonReader } from '../read-json.ts';

/** Short, because a person waits for it; who is busier than this is unknown for once. */
const timeoutMs = 500;

/** What a replica answers from. */
export interface ServedPrices extends PriceData {
  /** Why it did not take newer prices; null when it has the newest. */
  readonly rejection: string | null;
}

/** What a replica answers from, by its own word; undefined when it doesn't say. */
export async function askPriceData(http: HttpClient, socketPath: string): Promise<ServedPrices | undefined> {
  try {
    const version = new JsonReader(await getJson(http, 'http://localhost/version', { socketPath, timeoutMs }), 'version');
    const prices = version.field('prices');
    return {
      rows: prices.field('rows').number(),
      bytes: prices.field('bytes').number(),
      sha256: prices.field('sha256').text(),
      rejection: version.field('rejection').textOrNull(),
    };
  } catch {
    return undefined;
  }
}

/** What all answer from; null when they differ, when one of them doesn't say, or when there are none. */
export function commonPriceData(all: readonly (PriceData | undefined)[]): PriceData | null {
  const [first] = all;
  if (first === undefined || !all.every((data) => data?.sha256 === first.sha256)) return null;
  return { rows: first.rows, bytes: first.bytes, sha256: first.sha256 };
}
