import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Connections } from './connections.ts';
import { openApiDocument } from './openapi.ts';
import { createPriceHandler, type PriceHandler } from './price-handler.ts';
import { createPricesHandler } from './prices-handler.ts';
import type { RequestCounts, Route } from './request-counts.ts';
import { Responder } from './responder.ts';
import type { ServerSettings } from './settings.ts';
import { type ServerState, unreadyReason } from './state.ts';
import { describeVersion, type ServerIdentity } from './version.ts';

/** What the application answers from. */
export interface AppDependencies {
  readonly state: ServerState;
  readonly counts: RequestCounts;
  readonly connections: Connections;
  readonly registry: Registry;
  readonly identity: ServerIdentity;
  readonly limits: Pick<ServerSettings, 'maxUrlBytes' | 'maxBodyBytes'>;
  /** Takes one line. */
  readonly log: (text: string) => void;
}

/** The application, and the one handler of it that is worth calling without it. */
export interface App {
  /** Answers every request. */
  readonly listener: RequestListener;
  /** What the application calls for `GET /price`. */
  readonly answerPrice: PriceHandler;
  /** What the application calls when a handler throws. */
  readonly answerError: ErrorHandler;
}

/** Answers a request whose handler threw. */
type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse) => void;

/** Creates the Express application with all routes. It doesn't listen. */
export function createApp(dependencies: AppDependencies): App {
  const { state, counts, connections, limits, log } = dependencies;
  const app = createExpress();
  const openRoute = (path: Route): OpenRoute => {
    const responder = new Responder(path, counts, connections);
    return { path, responder, answerError: createErrorHandler(responder, log) };
  };
  const price = openRoute('/price');
  const answerPrice = createPriceHandler(state, price.responder);
  addRoute(app, price, 'GET', [
    (request, response) => answerPrice(request, response, request.accepts(['text/plain', 'application/json']) === 'application/json' ? 'json' : 'text'),
  ]);
  const prices = openRoute('/prices');
  addRoute(app, prices, 'POST', [
    limitBody(prices.responder, limits.maxBodyBytes),
    express.raw({ type: () => true, limit: limits.maxBodyBytes, inflate: false }),
    createPricesHandler(state, prices.responder),
  ]);
  addProbes(app, dependencies, openRoute);
  const other = openRoute('other');
  app.use((request, response) => other.responder.send(request, response, 404, ['Content-Length', '0'], ''));
  return { listener: normalizing(app, other.responder, limits.maxUrlBytes), answerPrice, answerError: price.answerError };
}

/** A route and how it answers. */
interface OpenRoute {
  readonly path: Route;
  readonly responder: Responder;
  readonly answerError: ErrorHandler;
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

function addProbes(app: Express, dependencies: AppDependencies, openRoute: (path: Route) => OpenRoute): void {
  const { state, counts, registry, identity } = dependencies;
  const add = (path: Route, answer: (responder: Responder, request: IncomingMessage, response: ServerResponse) => void | Promise<void>) => {
    const route = openRoute(path);
    addRoute(app, route, 'GET', [(request, response) => answer(route.responder, request, response)]);
  };
  const openApi = openApiDocument(dependencies);
  add('/livez', (responder, request, response) => responder.sendText(request, response, 200, 'ok'));
  add('/readyz', (responder, request, response) => {
    const reason = unreadyReason(state);
    responder.sendText(request, response, reason === undefined ? 200 : 503, reason ?? 'ok');
  });
  add('/version', (responder, request, response) => responder.sendJson(request, response, 200, describeVersion(identity, state, counts)));
  add('/openapi.json', (responder, request, response) => responder.sendJson(request, response, 200, openApi));
  add('/metrics', async (responder, request, response) => {
    const text = await registry.metrics();
    const headers = ['Content-Type', registry.contentType, 'Content-Length', `${Buffer.byteLength(text)}`];
    responder.send(request, response, 200, headers, text);
  });
}

/** What the body parser says of a request is told to the client; anything else is a bug, and goes to the log alone. */
function createErrorHandler(responder: Responder, log: (text: string) => void): ErrorHandler {
  return (error, request, response) => {
    const status = statusOf(error);
    if (status === 500) log(`bug: ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    // A client that left while it sent its body gets no answer.
    if (!request.socket.destroyed) responder.sendProblem(request, response, status, problems[status] ?? 'the request could not be answered');
  };
}

const problems: Readonly<Record<number, string>> = {
  400: 'the request is not well-formed',
  413: 'the body is too large',
  415: 'the body has an encoding that is not supported: send it as it is',
  500: 'the server failed to answer',
};

/** The status that Express' body parser gave an error; 500 for any other error. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
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
