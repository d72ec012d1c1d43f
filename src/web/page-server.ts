import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asFileError } from '../tools/files.ts';
import { createEventStreams, type EventStreams, type LiveEvent } from './event-streams.ts';
import { admit } from './guard.ts';

/** A file of a page. */
export interface PageFile {
  /** Media type. */
  readonly type: string;
  readonly body: Uint8Array;
}

/** A page and what it is told. */
export interface PageServerOptions {
  /** Files by their path; the empty path is the page itself. Events are at `events`. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** Part of every path: who doesn't know it gets nothing. */
  readonly token: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** What a browser gets first that has seen the event of this id last; undefined is none. */
  readonly backlog: (lastEventId: string | undefined) => readonly LiveEvent[];
}

/** A page under way, on the loopback address alone; its end closes every connection. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
  publish(event: LiveEvent): void;
}

const maxStreams = 16;
/** How long browsers have to take the good-bye. */
const goodByeMs = 500;

/** The page needs nothing but its own files, and nobody may frame it, refer to it or keep it. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Starts serving a page. Throws EnvironmentError when the port can't be had. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const streams = createEventStreams(maxStreams);
  const server = createServer({ maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => answer(request, response, { ...options, streams }));
  server.maxConnections = 4 * maxStreams;
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/${options.token}/`,
    publish: (event) => streams.publish(event),
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => server.closeAllConnections(), goodByeMs);
      const closed = new Promise((resolve) => server.close(resolve));
      await streams.end();
      server.closeAllConnections();
      await closed;
      clearTimeout(timer);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(asFileError(error, `can't serve the page on port ${port}`)));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function answer(request: IncomingMessage, response: ServerResponse, { token, files, streams, backlog }: PageServerOptions & { readonly streams: EventStreams }): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const { method = '', url: target = '' } = request;
  const { host, origin } = request.headers;
  const admission = admit({ method, target, host, origin }, token);
  if (!('path' in admission)) return refuse(response, admission.status, admission.words);
  if (admission.path === 'events' && method === 'GET') {
    const lastId = request.headers['last-event-id'];
    const isOpen = streams.open(response, backlog(typeof lastId === 'string' ? lastId : undefined));
    return isOpen ? undefined : refuse(response, 503, `There are ${maxStreams} of this page open already.`);
  }
  const file = files.get(admission.path);
  if (file === undefined) return refuse(response, 404, 'There is nothing of this name.');
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length });
  response.end(method === 'HEAD' ? undefined : file.body);
}

/** What was refused is told nothing more on its connection. */
function refuse(response: ServerResponse, status: number, words: string): void {
  const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...allow });
  response.end(`${words}\n`);
}
