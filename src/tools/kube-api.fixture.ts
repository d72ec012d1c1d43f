import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A request that an API server on a Unix socket got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An API server on a Unix socket. */
export interface ApiServer extends AsyncDisposable {
  readonly socketPath: string;
  readonly seen: readonly SeenRequest[];
  /** Resolves as soon as it has got a request. */
  firstRequest(): Promise<void>;
  /** Ends all connections as if the proxy had been killed, and listens no more. */
  kill(): Promise<void>;
}

/** Answers one request. */
export type Answer = (response: ServerResponse, request: SeenRequest) => unknown;

/** Starts a server that answers each request with the next of these, and anything more with 500 and a text that says so. */
export async function startApiServer(answers: readonly Answer[]): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-test-api-'));
  const socketPath = join(folder, 's');
  const left = [...answers];
  const seen: SeenRequest[] = [];
  const first = Promise.withResolvers<void>();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body: await text(request) };
    seen.push(one);
    first.resolve();
    const answer = left.shift() ?? proxyFailure(`unscripted: ${one.method} ${request.url}`);
    answer(response, one);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const kill = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    socketPath,
    seen,
    firstRequest: () => first.promise,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The API server's own answer. */
export function json(value: unknown, status = 200): Answer {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', 'audit-id': '1' }).end(JSON.stringify(value));
}

/** The API server's own refusal. */
export function refusal(code: number, reason: string, message = reason): Answer {
  return json(status(code, reason, message), code);
}

/** A Status object. */
export function status(code: number, reason: string, message = reason) {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}

/** What `kubectl proxy` itself answers when it can't reach the API server. */
export function proxyFailure(message = 'dial tcp 192.0.2.1:443: connect: connection refused', code = 500): Answer {
  return (response) => response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

/** A stream that stays open after these chunks; `then` gets its response. */
export function stream(chunks: readonly (string | Buffer)[], then: (response: ServerResponse) => unknown = () => {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'audit-id': '1' });
    response.flushHeaders();
    const send = (index: number) => {
      const chunk = chunks[index];
      if (chunk === undefined) then(response);
      else response.write(chunk, () => setImmediate(send, index + 1));
    };
    send(0);
  };
}
