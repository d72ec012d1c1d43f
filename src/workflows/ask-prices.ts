import type { HttpClient } from '../tools/http.ts';
import { ToolError, UsageError } from '../tools/errors.ts';

/** One answer of the service; the price is null when the id is unknown. */
export interface PriceAnswer {
  readonly id: string;
  readonly price: string | null;
  readonly found: boolean;
}

/** The answers of the service in the order of the ids. */
export interface PriceResult {
  readonly prices: readonly PriceAnswer[];
}

/** An id has at most this many bytes: a longer one is in no price list, and servers refuse URLs that are too long. */
const maxIdBytes = 256;

/**
 * Asks a service for prices, one request an id, in turn. Throws UsageError for an empty id, EnvironmentError when nobody answers, ToolError
 * when the answer is neither a price nor "unknown".
 */
export async function askPrices(url: string, ids: readonly string[], http: HttpClient, signal: AbortSignal): Promise<PriceResult> {
  const prices: PriceAnswer[] = [];
  if (ids.includes('')) throw new UsageError('PRICECTL_E_EMPTY_ID', 'a product id is empty');
  for (const id of ids) {
    if (Buffer.byteLength(id) > maxIdBytes) {
      prices.push({ id, price: null, found: false });
      continue;
    }
    const answer = await http.request(`${url.replace(/\/$/, '')}/price?product_id=${encodeURIComponent(id)}`, { signal, timeoutMs: 10_000 });
    if (answer.status === 200) prices.push({ id, price: answer.body, found: true });
    else if (answer.status === 404) prices.push({ id, price: null, found: false });
    else throw new ToolError('PRICECTL_E_ANSWER', `${url} answers ${answer.status} for id ${JSON.stringify(id)}`);
  }
  return { prices };
}
