import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Connections } from './connections.ts';
import type { RequestCounts, RequestSeries, Route } from './request-counts.ts';

/** Sends whole answers of one route, counts them, and ends connections that are due. */
export class Responder {
  readonly #route: Route;
  readonly #counts: RequestCounts;
  readonly #connections: Connections;
  readonly #gets: RequestSeries;

  constructor(route: Route, counts: RequestCounts, connections: Connections) {
    this.#route = route;
    this.#counts = counts;
    this.#connections = connections;
    this.#gets = counts.series('GET', route);
  }

  /** Sends an answer. `headers` are names and values in turn, `Content-Length` among them; they are not changed, so they can be shared. */
  send(request: IncomingMessage, response: ServerResponse, status: number, headers: string[], body: string | Buffer): void {
    const { method = '' } = request;
    (method === 'GET' ? this.#gets : this.#counts.series(method, this.#route)).count(status);
    if (this.#connections.isDue(request.socket) && !hasUnreadBody(request)) response.setHeader('Connection', 'close');
    response.writeHead(status, headers);
    response.end(body);
  }

  /** Sends a text of one line. */
  sendText(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
    this.#sendBody(request, response, status, 'text/plain', `${text}\n`);
  }

  /** Sends a value as JSON. */
  sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: object): void {
    this.#sendBody(request, response, status, 'application/json', JSON.stringify(value));
  }

  /** Says what is wrong in the form of RFC 9457. `detail` is one sentence for the client's author; nothing of the server's inside. */
  sendProblem(request: IncomingMessage, response: ServerResponse, status: number, detail: string, headers: string[] = []): void {
    const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail };
    this.#sendBody(request, response, status, 'application/problem+json', JSON.stringify(problem), headers);
  }

  #sendBody(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string, headers: string[] = []): void {
    this.send(request, response, status, ['Content-Type', type, 'Content-Length', `${Buffer.byteLength(body)}`, ...headers], body);
  }
}

/**
 * Whether bytes of the request's body may still be on their way. Closing then would make the kernel reset the connection, and a reset can
 * destroy the answer before the client has read it. Such a connection ends with a later answer.
 */
export function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && ('content-length' in headers || 'transfer-encoding' in headers);
}
