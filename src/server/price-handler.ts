import type { IncomingMessage, ServerResponse } from 'node:http';
import { readProductId } from './product-id.ts';
import type { Responder } from './responder.ts';
import type { ServerState } from './state.ts';

/** How a price is written: its text alone, or as JSON with its id. */
export type PriceFormat = 'text' | 'json';

/** Answers one request for the price of a product, whose URL is in origin form. */
export type PriceHandler = (request: IncomingMessage, response: ServerResponse, format: PriceFormat) => void;

/** Head of the answer with a price of each length that a price can have: 15 digits, a point and 6 digits at most. */
const textHeaders = Array.from({ length: 23 }, (_, length) => textHeadersOf(length));
const unknownHeaders = ['Content-Length', '0', 'Vary', 'Accept'];

/**
 * Creates the handler of `GET /price`: 200 with the price's exact text, 404 without a body for an unknown id, or both as JSON; 400 for a query
 * without exactly one well-formed product_id; 503 before the first table is there.
 */
export function createPriceHandler(state: ServerState, responder: Responder): PriceHandler {
  return (request, response, format) => {
    const id = readProductId(request.url ?? '');
    if (typeof id !== 'string') return responder.sendProblem(request, response, 400, id.detail);
    if (state.table === undefined) return responder.sendProblem(request, response, 503, 'no prices are loaded yet', ['Retry-After', '1']);
    const price = state.table.lookup(id);
    if (format === 'json') return sendJson(responder, request, response, id, price);
    if (price === undefined) return responder.send(request, response, 404, unknownHeaders, '');
    return responder.send(request, response, 200, textHeaders[price.length] ?? textHeadersOf(price.length), price);
  };
}

function sendJson(responder: Responder, request: IncomingMessage, response: ServerResponse, id: string, price: string | undefined): void {
  const body = JSON.stringify({ product_id: id, price: price ?? null });
  const headers = ['Content-Type', 'application/json', 'Content-Length', `${Buffer.byteLength(body)}`, 'Vary', 'Accept'];
  responder.send(request, response, price === undefined ? 404 : 200, headers, body);
}

function textHeadersOf(length: number): string[] {
  return ['Content-Type', 'text/plain', 'Content-Length', `${length}`, 'Vary', 'Accept'];
}
