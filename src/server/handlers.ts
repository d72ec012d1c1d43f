import type { IncomingMessage, ServerResponse } from 'node:http';
import { type OpenRoute, openRoute, type RouteSources } from './open-route.ts';
import { createPriceHandler, type PriceHandler } from './price-handler.ts';
import { type ServerState, unreadyReason } from './state.ts';

/** Answers a question about the process. */
type ProbeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Routes that are answered by the same handlers with Express and without it. */
export interface Handlers {
  readonly price: OpenRoute & { readonly answer: PriceHandler };
  readonly livez: OpenRoute & { readonly answer: ProbeHandler };
  readonly readyz: OpenRoute & { readonly answer: ProbeHandler };
}

/** Creates these routes. */
export function createHandlers(state: ServerState, sources: RouteSources): Handlers {
  const [price, livez, readyz] = [openRoute('/price', sources), openRoute('/livez', sources), openRoute('/readyz', sources)];
  return {
    price: { ...price, answer: createPriceHandler(state, price.responder) },
    livez: { ...livez, answer: (request, response) => livez.responder.sendText(request, response, 200, 'ok') },
    readyz: {
      ...readyz,
      answer(request, response) {
        const reason = unreadyReason(state);
        readyz.responder.sendText(request, response, reason === undefined ? 200 : 503, reason ?? 'ok');
      },
    },
  };
}
