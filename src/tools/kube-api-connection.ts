import type { Dispatcher, Pool } from 'undici';
import { systemCode, TimeoutError } from './errors.ts';
import { answerFailure, ClusterDownError, type KubeAnswer, type KubeQuestion } from './kube-api-failures.ts';
import { shellQuote } from './shell-quote.ts';

/** Limit of a request from its start to the last byte of its answer, and of a stream until it begins. */
const usualLimitMs = 30_000;

/** One request to the API. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  /** JSON without it. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** HTTP over the Unix socket of `kubectl proxy`. */
export interface KubeConnection extends AsyncDisposable {
  readonly context: string;
  /** The answer, whatever it is. Throws ClusterDownError, TimeoutError, the signal's reason. */
  send(request: KubeRequest): Promise<KubeAnswer>;
  /**
   * The lines of a 200 as they come, as soon as it begins; nothing for `idleLimitMs` is a TimeoutError, 0 is no limit. They must be read or left for
   * the connection to be free again. Throws what `answerFailure` makes of other answers, and as `send`.
   */
  stream(path: string, idleLimitMs: number, signal: AbortSignal): Promise<AsyncGenerator<string>>;
}

/** Where the proxy is. */
export interface KubeConnectionOptions {
  readonly socketPath: string;
  readonly context: string;
  readonly requestLimitMs?: number;
}

/** Creates a connection; undici is loaded with the first request. Its sockets end on disposal, and all requests with them. */
export function createKubeConnection({ socketPath, context, requestLimitMs = usualLimitMs }: KubeConnectionOptions): KubeConnection {
  let pool: Promise<Pool> | undefined;
  const openPool = () => (pool ??= import('undici').then(({ Pool }) => new Pool('http://localhost', { socketPath })));
  return {
    context,
    send: async (request) => sendRequest(await openPool(), context, { timeoutMs: requestLimitMs, ...request }),
    stream: async (path, idleLimitMs, signal) => openStream(await openPool(), { context, method: 'GET', path }, { idleLimitMs, requestLimitMs }, signal),
    async [Symbol.asyncDispose]() {
      await (await pool)?.destroy();
    },
  };
}

async function sendRequest(pool: Pool, context: string, request: KubeRequest & { readonly timeoutMs: number }): Promise<KubeAnswer> {
  const { method, path, body, contentType = 'application/json', timeoutMs } = request;
  request.signal.throwIfAborted();
  const question = { context, method, path };
  using limit = startLimit(request.signal, timeoutMs, question);
  try {
    const answer = await pool.request({
      method,
      path,
      headers: { ...standardHeaders, ...(body === undefined ? {} : { 'content-type': contentType }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: limit.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return await readAnswer(answer);
  } catch (error) {
    limit.signal.throwIfAborted();
    throw connectionFailure(error, question, timeoutMs);
  }
}

async function openStream(pool: Pool, question: KubeQuestion, { idleLimitMs, requestLimitMs }: { readonly idleLimitMs: number; readonly requestLimitMs: number }, signal: AbortSignal): Promise<AsyncGenerator<string>> {
  signal.throwIfAborted();
  try {
    const options = { method: 'GET', path: question.path, headers: standardHeaders, signal, headersTimeout: requestLimitMs, bodyTimeout: idleLimitMs } as const;
    const answer = await pool.request(options);
    if (answer.statusCode !== 200) throw answerFailure(question, await readAnswer(answer));
    return readStream(answer.body, question, idleLimitMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(error, question, requestLimitMs);
  }
}

async function* readStream(body: AsyncIterable<Uint8Array>, question: KubeQuestion, idleLimitMs: number, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* linesOf(body);
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(error, question, idleLimitMs);
  }
}

/** What the API server names as who changed a field is the part before the slash. */
const standardHeaders = { 'user-agent': 'pricectl', accept: 'application/json, */*' };

async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<KubeAnswer> {
  const retryAfter = /^\d{1,4}$/.exec(String(headers['retry-after']))?.[0];
  const retryAfterMs = retryAfter === undefined ? undefined : Number(retryAfter) * 1_000;
  return { status: statusCode, body: await body.text(), isOfServer: headers['audit-id'] !== undefined, retryAfterMs };
}

/** A signal that aborts with the other one or when time is up, and leaves nothing behind. */
function startLimit(signal: AbortSignal, timeoutMs: number, question: KubeQuestion): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => controller.abort(tooLate(question, timeoutMs)), timeoutMs);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function tooLate({ context, method, path }: KubeQuestion, timeoutMs: number): TimeoutError {
  return new TimeoutError('PRICECTL_E_KUBE_TIMEOUT', `the cluster of context ${context} didn't answer ${method} ${path} within ${timeoutMs / 1000} s`, { hints: [`kubectl --context ${shellQuote(context)} cluster-info`] });
}

/** Lines of a byte stream in UTF-8; a character or a line may come in parts. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** Failures of the socket in words; ours pass. */
function connectionFailure(error: unknown, question: KubeQuestion, timeoutMs: number): unknown {
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined || code.startsWith('PRICECTL_')) return error;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return tooLate(question, timeoutMs);
  const down = (why: string, isFinal: boolean) => new ClusterDownError(question.context, why, { isFinal, cause: error });
  if (['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'].includes(code)) return down('the connection was lost', false);
  if (['ECONNREFUSED', 'ENOENT', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'].includes(code)) return down('kubectl proxy has ended', true);
  return down(error.message, false);
}
