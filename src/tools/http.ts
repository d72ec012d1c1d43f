import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { EnvironmentError, systemCode, TimeoutError, ToolError } from './errors.ts';

/** One HTTP request beside its URL. */
export interface HttpOptions {
  /** GET without it. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Unix socket to connect to instead of the URL's host and port. */
  readonly socketPath?: string;
  /** Limit from the start to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Largest body that is accepted; 1 MiB without it. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** An answer with its whole body, read as UTF-8. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks HTTP servers; each request has a connection of its own. */
export interface HttpClient {
  /**
   * Whatever the status, the answer is returned. Throws EnvironmentError `PRICECTL_E_UNREACHABLE` when nobody answers there, TimeoutError
   * `PRICECTL_E_HTTP_TIMEOUT`, ToolError `PRICECTL_E_HTTP_BROKEN` for an answer that is cut, too large or not HTTP, and the signal's reason on abort.
   */
  request(url: string, options: HttpOptions): Promise<HttpAnswer>;
}

/**
 * A client over node:http. It is there without loading anything, where undici takes 50 ms: much for one question by a command,
 * or by a supervisor at its start.
 */
export function createHttpClient(): HttpClient {
  return { request: (url, options) => requestOnce(new URL(url), options) };
}

/** The JSON that a server answers with 200. Throws what `request` throws, and ToolError for another status or what isn't JSON. */
export async function getJson(client: HttpClient, url: string, options: HttpOptions): Promise<unknown> {
  const answer = await client.request(url, { ...options, headers: { accept: 'application/json', ...options.headers } });
  if (answer.status !== 200) throw new ToolError('PRICECTL_E_HTTP_STATUS', `${url} answers ${answer.status}`);
  try {
    return JSON.parse(answer.body) as unknown;
  } catch (cause) {
    throw new ToolError('PRICECTL_E_HTTP_BROKEN', `${url} answers with something that isn't JSON`, { cause });
  }
}

/** An import of node:http would read all its exports to make a module of them, and some of those load the undici that is inside of Node: 25 ms. */
function nodeClient({ protocol }: URL) {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
}

async function requestOnce(url: URL, options: HttpOptions): Promise<HttpAnswer> {
  const { request } = nodeClient(url);
  options.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const { method = 'GET', headers = {}, socketPath, body } = options;
  try {
    const sent = request(url, { method, headers: { ...headers }, signal, agent: false, ...(socketPath === undefined ? {} : { socketPath }) });
    sent.end(body);
    const answer = await answerTo(sent);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readBody(answer, options.maxBytes ?? 1_048_576) };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (timeout.aborted) throw new TimeoutError('PRICECTL_E_HTTP_TIMEOUT', `${where(url, options)} didn't answer within ${options.timeoutMs / 1000} s`);
    throw asHttpError(error, where(url, options));
  }
}

function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    // Stays: an abort after the answer began is reported on the request too.
    sent.on('error', reject);
  });
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ToolError('PRICECTL_E_HTTP_BROKEN', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function where(url: URL, options: HttpOptions): string {
  return options.socketPath === undefined ? url.origin : `${options.socketPath} (${url.pathname})`;
}

function asHttpError(error: unknown, place: string): unknown {
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined || code.startsWith('PRICECTL_')) return error;
  const unreachable: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    EACCES: 'permission denied',
    EAI_AGAIN: 'the name cannot be looked up now',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to the network',
    ENOENT: 'there is no such socket',
    ENOTFOUND: 'no such host',
    ETIMEDOUT: 'the connection timed out',
  };
  const reason = unreachable[code];
  if (reason !== undefined) return new EnvironmentError('PRICECTL_E_UNREACHABLE', `can't reach ${place}: ${reason}`, { cause: error });
  if (code === 'ECONNRESET') return new ToolError('PRICECTL_E_HTTP_BROKEN', `${place} closed the connection before its answer was complete`, { cause: error });
  return new ToolError('PRICECTL_E_HTTP_BROKEN', `${place}: ${error.message}`, { cause: error });
}
