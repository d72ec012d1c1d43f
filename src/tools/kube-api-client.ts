import { type Clock, systemClock } from './clock.ts';
import { parseJson } from './json.ts';
import { type KubeApi, KubeApiError, type Selection } from './kube-api.ts';
import { createKubeConnection, type KubeConnection, type KubeRequest } from './kube-api-connection.ts';
import { answerFailure, statusFailure } from './kube-api-failures.ts';
import { watchCollection, watchSeconds, type WatchSource } from './kube-api-watch.ts';
import { asDocumented } from './kube-api-json.ts';
import type { KubeList, KubeObject } from './kube-objects.ts';

/** Limits of an answer that goes on: a quiet log is fine, a watch tells at least that it is alive. */
const quietLogMs = 0;
const quietWatchMs = (watchSeconds + 20) * 1_000;

/** Where the API is. */
export interface KubeApiOptions {
  /** Unix socket of `kubectl proxy`. */
  readonly socketPath: string;
  readonly context: string;
  readonly clock?: Clock;
  /** Limit of a request from its start to the last byte of its answer, and of a stream until it begins; 30 s without it. */
  readonly requestLimitMs?: number;
}

/** The API behind a `kubectl proxy`, by undici. Disposal ends its sockets, not the proxy. */
export function createKubeApi({ clock = systemClock, ...place }: KubeApiOptions): KubeApi & AsyncDisposable {
  const connection = createKubeConnection(place);
  const { context } = place;
  const send = (request: KubeRequest) => sendForJson(connection, request);
  const patch = async (path: string, body: object, contentType: string, signal: AbortSignal) => asDocumented<KubeObject>(await send({ method: 'PATCH', path, body, contentType, signal }));
  return {
    context,
    get: async <T>(path: string, signal: AbortSignal) => asDocumented<T>(await send({ method: 'GET', path, signal })),
    async find<T>(path: string, signal: AbortSignal) {
      const found = await unlessMissing(send({ method: 'GET', path, signal }));
      return found === undefined ? undefined : asDocumented<T>(found);
    },
    list: async <T>(path: string, selection: Selection, signal: AbortSignal) =>
      asDocumented<KubeList<T>>(await send({ method: 'GET', path: withQuery(path, { ...selection }), signal })),
    apply: (path, object, { fieldManager, force, dryRun, signal }) =>
      patch(withQuery(path, { fieldManager, force: String(force), ...(dryRun ? { dryRun: 'All' } : {}) }), object, 'application/apply-patch+yaml', signal),
    create: async (path, object, signal) => asDocumented<KubeObject>(await send({ method: 'POST', path, body: object, signal })),
    patch: (path, changes, signal) => patch(path, changes, 'application/merge-patch+json', signal),
    jsonPatch: (path, operations, signal) => patch(path, operations, 'application/json-patch+json', signal),
    async delete(path, signal) {
      const request = { method: 'DELETE', path: withQuery(path, { propagationPolicy: 'Background' }), signal } as const;
      return (await unlessMissing(send(request))) !== undefined;
    },
    async text(path, signal) {
      const answer = await connection.send({ method: 'GET', path, signal });
      if (answer.status >= 500) throw answerFailure({ context, method: 'GET', path }, answer);
      return { status: answer.status, body: answer.body };
    },
    async *lines(path, signal) {
      yield* await connection.stream(path, quietLogMs, signal);
    },
    watch: <T extends KubeObject>(path: string, selection: Selection, signal: AbortSignal) =>
      watchCollection(watchSource<T>(connection, path, selection), clock, signal),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function watchSource<T extends KubeObject>(connection: KubeConnection, path: string, selection: Selection): WatchSource<T> {
  const watchPath = (version: string) =>
    withQuery(path, { ...selection, watch: '1', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: String(watchSeconds) });
  return {
    async list(signal) {
      const list = asDocumented<KubeList<T> & { readonly kind: string; readonly apiVersion: string }>(
        await sendForJson(connection, { method: 'GET', path: withQuery(path, { ...selection }), signal }),
      );
      // What a list holds comes without its kind, what a watch tells comes with it.
      const type = { kind: list.kind.replace(/List$/, ''), apiVersion: list.apiVersion };
      return { version: list.metadata.resourceVersion ?? '', items: list.items.map((item) => ({ ...type, ...item })) };
    },
    watch: (version, signal) => connection.stream(watchPath(version), quietWatchMs, signal),
    failure: (status) => statusFailure({ context: connection.context, method: 'GET', path: watchPath('') }, status, 500),
  };
}

/** The JSON of an answer from 200 to 299. Throws what another answer means. */
async function sendForJson(connection: KubeConnection, request: KubeRequest): Promise<unknown> {
  const answer = await connection.send(request);
  if (answer.status < 200 || answer.status > 299) throw answerFailure({ context: connection.context, method: request.method, path: request.path }, answer);
  const value = parseJson(answer.body);
  if (value === undefined) throw new KubeApiError(answer.status, 'Unknown', `the API server answers ${request.method} ${request.path} with something that isn't JSON`);
  return value;
}

async function unlessMissing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

function withQuery(path: string, query: Readonly<Record<string, string | number>>): string {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  if (text === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${text}`;
}
