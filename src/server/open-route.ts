import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemCode } from '../tools/errors.ts';
import type { Connections } from './connections.ts';
import type { RequestCounts, Route } from './request-counts.ts';
import { Responder } from './responder.ts';

/** Answers a request whose handler threw. */
type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse) => void;

/** A route and how it answers. */
export interface OpenRoute {
  readonly path: Route;
  readonly responder: Responder;
  readonly answerError: ErrorHandler;
}

/** What routes work with. */
export interface RouteSources {
  readonly counts: RequestCounts;
  readonly connections: Connections;
  /** Takes one line. */
  readonly log: (text: string) => void;
}

/** Opens a route. */
export function openRoute(path: Route, { counts, connections, log }: RouteSources): OpenRoute {
  const responder = new Responder(path, counts, connections);
  return { path, responder, answerError: createErrorHandler(responder, log) };
}

/** What the body parser says of a request is told to the client; anything else is a bug, and goes to the log alone. */
function createErrorHandler(responder: Responder, log: (text: string) => void): ErrorHandler {
  return (error, request, response) => {
    const status = statusOf(error);
    if (status === 500) log(`bug: ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    // A client that left while it sent its body gets no answer. The body parser may know it before the socket does.
    if (!request.socket.destroyed && systemCode(error) !== 'ECONNABORTED') responder.sendProblem(request, response, status, problems[status] ?? 'the request could not be answered');
  };
}

/** What a client is told, by status. */
export const problems: Readonly<Record<number, string>> = {
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
