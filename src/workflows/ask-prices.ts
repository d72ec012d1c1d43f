import type { HttpClient } from '../tools/http.ts';
import { EnvironmentError, ToolError } from '../tools/errors.ts';

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

/**
 * Asks a service for prices, one request an id, in turn.
 * Throws EnvironmentError when nobody answers, ToolError when the answer is neither a price nor "unknown".
 */
export async function askPrices(url: string, ids: readonly string[], http: HttpClient, signal: AbortSignal): Promise<PriceResult> {
  const prices: PriceAnswer[] = [];
  for (const id of ids) {
    const answer = await http.request(`${url.replace(/\/$/, '')}/price?product_id=${encodeURIComponent(id)}`, { signal, timeoutMs: 10_000 });
    if (answer.status === 200) prices.push({ id, price: answer.body, found: true });
    else if (answer.status === 404) prices.push({ id, price: null, found: false });
    else throw new ToolError('PRICECTL_E_ANSWER', `${url} answers ${answer.status} for id ${JSON.stringify(id)}`);
  }
  return { prices };
}

/** The base URL of a service that is up. Throws EnvironmentError when it isn't. */
export function urlOf(snapshot: { readonly url: string | null; readonly problem: string | null }): string {
  if (snapshot.url !== null && snapshot.problem === null) return snapshot.url;
  throw notUp(snapshot.problem);
}

/** That the service isn't up, or what is wrong with it. */
export function notUp(problem: string | null = null): EnvironmentError {
  return new EnvironmentError('PRICECTL_E_NOT_UP', problem ?? 'the service is not up', { hints: ['pricectl up', 'pricectl status'] });
}
