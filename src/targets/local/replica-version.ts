import type { HttpClient } from '../../tools/http.ts';
import { getJson } from '../../tools/http.ts';
import { readServedPrices, type ServedPrices } from '../served-prices.ts';

/** Short, because a person waits for it; who is busier than this is unknown for once. */
const timeoutMs = 500;

/** What a replica answers from, by its own word; undefined when it doesn't say. */
export async function askPriceData(http: HttpClient, socketPath: string): Promise<ServedPrices | undefined> {
  try {
    return readServedPrices(await getJson(http, 'http://localhost/version', { socketPath, timeoutMs }));
  } catch {
    return undefined;
  }
}
