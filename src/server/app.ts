import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Connections } from './connections.ts';
import type { Handlers } from './handlers.ts';
import { openApiDocument } from './openapi.ts';
import { createPricesHandler } from './prices-handler.ts';
import { type OpenRoute, openRoute, problems } from './open-route.ts';
import type { RequestCounts, Route } from './request-counts.ts';
import type { Responder } from './responder.ts';
import type { ServerSettings } from './settings.ts';
import type { ServerState } from './state.ts';
import { describeVersion, type ServerIdentity } from './version.ts';

/** What the application answers from. */
export interface AppDependencies {
  readonly state: ServerState;
  readonly counts: RequestCounts;
  readonly connections: Connections;
  /** What it shares with what stands in front of it. */
  readonly handlers: Handlers;
  readonly registry: Registry;
  readonly identity: ServerIdentity;
  readonly limits: Pick<ServerSettings, 'maxUrlBytes' | 'maxBodyBytes'>;
  /** Takes one line. */
  readonly log: (text: string) => void;
}

/** Creates the Express application with all routes. It answers every request, and doesn't listen. */
export function createApp(dependencies: AppDependencies): RequestListener {
  const { state, handlers, limits } = dependencies;
  const app = createExpress();
  const { price, livez, readyz } = handlers;
  addRoute(app, price, 'GET', [
    (request, response) => price.answer(request, response, request.accepts(['text/plain', 'application/json']) === 'application/json' ? 'json' : 'text'),
  ]);
  const prices = openRoute('/prices', dependencies);
  addRoute(app, prices, 'POST', [
    limitBody(prices.responder, limits.maxBodyBytes),
    express.raw({ type: () => true, limit: limits.maxBodyBytes, inflate: false }),
    createPricesHandler(state, prices.responder),
  ]);
  for (const probe of [livez, readyz]) addRoute(app, probe, 'GET', [probe.answer]);
  addDescriptions(app, dependencies);
  const other = openRoute('other', dependencies);
  app.use((request, response) => other.responder.send(request, response, 404, ['Content-Length', '0'], ''));
  return normalizing(app, other.responder, limits.maxUrlBytes);
}

function createExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  app.enable('strict routing');
  return app;
}

/** Adds a route with one method (HEAD comes with GET); other methods are answered with 405. */
function addRoute(app: Express, { path, responder, answerError }: OpenRoute, method: 'GET' | 'POST', handlers: readonly RequestHandler[]): void {
  // Express knows an error handler by its four parameters.
  const onError: ErrorRequestHandler = (error, request, response, _next) => answerError(error, request, response);
  if (method === 'GET') app.get(path, ...handlers, onError);
  else app.post(path, ...handlers, onError);
  const allow = method === 'GET' ? 'GET, HEAD' : method;
  app.all(path, (request, response) => responder.sendProblem(request, response, 405, `only ${allow} is allowed here`, ['Allow', allow]));
}

function addDescriptions(app: Express, dependencies: AppDependencies): void {
  const { state, counts, registry, identity } = dependencies;
  const add = (path: Route, answer: (responder: Responder, request: IncomingMessage, response: ServerResponse) => void | Promise<void>) => {
    const route = openRoute(path, dependencies);
    addRoute(app, route, 'GET', [(request, response) => answer(route.responder, request, response)]);
  };
  const openApi = openApiDocument(dependencies);
  add('/version', (responder, request, response) => responder.sendJson(request, response, 200, describeVersion(identity, state, counts)));
  add('/openapi.json', (responder, request, response) => responder.sendJson(request, response, 200, openApi));
  add('/metrics', async (responder, request, response) => {
    const text = await registry.metrics();
    const headers = ['Content-Type', registry.contentType, 'Content-Length', `${Buffer.byteLength(text)}`];
    responder.send(request, response, 200, headers, text);
  });
}

/** Answers a body that says that it is too large before it is sent. The parser behind counts the bytes of others. */
function limitBody(responder: Responder, maxBodyBytes: number): RequestHandler {
  return (request, response, next) => {
    if (Number(request.headers['content-length'] ?? 0) <= maxBodyBytes) next();
    else responder.sendProblem(request, response, 413, problems[413] ?? '');
  };
}

/** Refuses a URL that is too long, and gives the others to the application in origin form (RFC 9112 3.2). */
function normalizing(app: Express, responder: Responder, maxUrlBytes: number): RequestListener {
  return (request, response) => {
    const { url = '' } = request;
    if (url.length > maxUrlBytes) {
      responder.sendProblem(request, response, 414, `the URL is longer than ${maxUrlBytes} bytes`);
      return;
    }
    if (!url.startsWith('/')) request.url = url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
    app(request, response);
  };
}
