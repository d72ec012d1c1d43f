import type { HttpClient } from '../../tools/http.ts';
import { getJson } from '../../tools/http.ts';
import { isRecord } from '../../tools/json.ts';

/** Limit of a question: k6 is busy with load, and the next comes in a second. */
const askMs = 900;
/** Limit of a command: a process that doesn't take it has failed. */
const tellMs = 5_000;

/** `status` of a k6 process that has set up its virtual users and waits to be told to begin (k6: lib/execution.go). */
const pausedBeforeRun = 4;

/** What a k6 process tells of itself while it runs. */
export interface RestCounts {
  readonly requests: number;
  readonly failed: number;
  readonly droppedIterations: number;
}

/** State of a k6 process. */
export interface RestStatus {
  readonly vus: number;
  /** Whether it waits to be told to begin. */
  readonly isReady: boolean;
}

/** k6's REST API (k6: api/v1). */
export interface RestApi {
  /** Undefined when it doesn't answer as k6 does. */
  status(signal: AbortSignal): Promise<RestStatus | undefined>;
  /** Undefined when it doesn't answer as k6 does. */
  counts(signal: AbortSignal): Promise<RestCounts | undefined>;
  /** Ends the pause before the run, or the test. Resolves with whether it was taken. */
  tell(command: { readonly paused: false } | { readonly stopped: true }): Promise<boolean>;
}

/** The API of the process that listens at `origin`, or that `origin` is a proxy to. */
export function createRestApi(http: HttpClient, origin: string): RestApi {
  const ask = async (path: string, signal: AbortSignal): Promise<unknown> => {
    try {
      return await getJson(http, `${origin}${path}`, { timeoutMs: askMs, signal });
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  };
  return {
    status: async (signal) => readStatus(await ask('/v1/status', signal)),
    counts: async (signal) => readCounts(await ask('/v1/metrics', signal)),
    async tell(attributes) {
      const body = JSON.stringify({ data: { type: 'status', id: 'default', attributes } });
      const headers = { 'content-type': 'application/json' };
      return http.request(`${origin}/v1/status`, { method: 'PATCH', headers, body, timeoutMs: tellMs }).then(
        ({ status }) => status === 200,
        () => false,
      );
    },
  };
}

/** The status in an answer to `/v1/status`. */
export function readStatus(answer: unknown): RestStatus | undefined {
  const attributes = attributesOf(isRecord(answer) ? answer['data'] : undefined);
  const vus = attributes?.['vus'];
  return typeof vus === 'number' ? { vus, isReady: attributes?.['status'] === pausedBeforeRun } : undefined;
}

/** The counts in an answer to `/v1/metrics`. A metric that isn't there yet counts 0. */
export function readCounts(answer: unknown): RestCounts | undefined {
  const list = isRecord(answer) ? answer['data'] : undefined;
  if (!Array.isArray(list)) return undefined;
  const metrics = new Map(list.filter(isRecord).map((metric) => [metric['id'], attributesOf(metric)?.['sample']]));
  const valueOf = (metric: string, key: string): number => {
    const sample = metrics.get(metric);
    const value = isRecord(sample) ? sample[key] : undefined;
    return typeof value === 'number' ? value : 0;
  };
  const requests = valueOf('http_reqs', 'count');
  // A request is one sample of the rate.
  return { requests, failed: Math.round(requests * valueOf('http_req_failed', 'rate')), droppedIterations: valueOf('dropped_iterations', 'count') };
}

function attributesOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const attributes = isRecord(value) ? value['attributes'] : undefined;
  return isRecord(attributes) ? attributes : undefined;
}
