import type { RequestHandler } from 'express';
import type { PriceTable } from '../prices/table.ts';
import { hasUnreadBody, type Responder } from './responder.ts';
import type { ServerState } from './state.ts';

/** Most ids that one request may ask for. */
export const maxProductIds = 1_000;

/** Prices by id, and the ids that have none. */
export interface PricesAnswer {
  readonly prices: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/**
 * Creates the handler of `POST /prices`, behind a parser that leaves the body's bytes. The body is JSON whatever its media type says, for
 * nothing else is served here: `{"product_ids": [...]}`, at most 1,000 strings. Other members are ignored, repeated ids answered once.
 */
export function createPricesHandler(state: ServerState, responder: Responder): RequestHandler {
  return (request, response) => {
    // The parser leaves out the body of a client that has left already: nobody is there to be answered.
    if (request.body === undefined && hasUnreadBody(request)) return;
    const ids = readProductIds(request.body);
    if (typeof ids === 'string') return responder.sendProblem(request, response, 400, ids);
    if (state.table === undefined) return responder.sendProblem(request, response, 503, 'no prices are loaded yet', ['Retry-After', '1']);
    return responder.sendJson(request, response, 200, lookupAll(state.table, new Set(ids)));
  };
}

/** The ids that a body asks for, or what is wrong with it in one sentence. */
function readProductIds(body: unknown): readonly string[] | string {
  if (!Buffer.isBuffer(body)) return 'the body is missing';
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return 'the body is not JSON in UTF-8';
  }
  const ids: unknown = typeof value === 'object' && value !== null && 'product_ids' in value ? value.product_ids : undefined;
  if (!Array.isArray(ids)) return 'the body is not an object with an array product_ids';
  if (ids.length > maxProductIds) return `product_ids has ${ids.length} entries, at most ${maxProductIds} are allowed`;
  return ids.every((id) => typeof id === 'string') ? ids : 'product_ids has an entry that is not a string';
}

/** A lone surrogate is no UTF-8: such an id is in no table, and must not be looked up as the replacement character. */
function lookupAll(table: PriceTable, ids: ReadonlySet<string>): PricesAnswer {
  const prices = new Map<string, string>();
  const missing: string[] = [];
  for (const id of ids) {
    const price = id.isWellFormed() ? table.lookup(id) : undefined;
    if (price === undefined) missing.push(id);
    else prices.set(id, price);
  }
  // fromEntries defines own properties, `__proto__` too.
  return { prices: Object.fromEntries(prices), missing };
}
