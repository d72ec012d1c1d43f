import type { Clock } from './clock.ts';
import { type KubeApi, KubeApiError } from './kube-api.ts';
import { ClusterDownError } from './kube-api-failures.ts';
import { Outage } from './kube-api-outage.ts';

/** Pause before a question is asked again: the first, and the longest. */
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * The same API for work that should survive the restart of an API server: what it answered with 429, or with Retry-After, is asked again after that
 * time, as client-go does (rest/with_retry.go), and what got no answer with pauses, unless to do it twice is not the same as once. Throws what the
 * API throws when that has gone on for 30 s, and at once what no waiting mends. Watches and logs are as they were.
 */
export function createPatientApi(api: KubeApi, clock: Clock): KubeApi {
  const repeatable = <T>(signal: AbortSignal, ask: () => Promise<T>) => insist(ask, { clock, signal, mayRepeat: true });
  const once = <T>(signal: AbortSignal, ask: () => Promise<T>) => insist(ask, { clock, signal, mayRepeat: false });
  return {
    context: api.context,
    get: <T>(path: string, signal: AbortSignal) => repeatable(signal, () => api.get<T>(path, signal)),
    find: <T>(path: string, signal: AbortSignal) => repeatable(signal, () => api.find<T>(path, signal)),
    list: (path, selection, signal) => repeatable(signal, () => api.list(path, selection, signal)),
    text: (path, signal) => repeatable(signal, () => api.text(path, signal)),
    apply: (path, object, options) => repeatable(options.signal, () => api.apply(path, object, options)),
    patch: (path, patch, signal) => repeatable(signal, () => api.patch(path, patch, signal)),
    delete: (path, signal) => repeatable(signal, () => api.delete(path, signal)),
    create: (path, object, signal) => once(signal, () => api.create(path, object, signal)),
    jsonPatch: (path, operations, signal) => once(signal, () => api.jsonPatch(path, operations, signal)),
    lines: (path, signal) => api.lines(path, signal),
    watch: (path, selection, signal) => api.watch(path, selection, signal),
  };
}

interface Insistence {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether it may be asked again when nobody knows whether it was done. */
  readonly mayRepeat: boolean;
}

async function insist<T>(ask: () => Promise<T>, { clock, signal, mayRepeat }: Insistence): Promise<T> {
  const outage = new Outage(clock);
  let pauseMs = firstPauseMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = outage.excuses(error) ? pauseMs : waitFor(error, pauseMs, mayRepeat);
      if (waitMs === undefined || outage.isTooLong(waitMs)) throw error;
      await clock.sleep(waitMs, signal);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
}

/** The proxy's own words for a question that nobody got. */
const neverArrived = /dial tcp .*connection refused/;

/** How long to wait after a failure; undefined for one that stays. */
function waitFor(error: unknown, pauseMs: number, mayRepeat: boolean): number | undefined {
  if (error instanceof ClusterDownError) return !error.isFinal && (mayRepeat || neverArrived.test(error.message)) ? pauseMs : undefined;
  if (!(error instanceof KubeApiError)) return undefined;
  // Only 429 says that nothing was done.
  if (error.status === 429) return Math.max(error.retryAfterMs ?? 0, pauseMs);
  return mayRepeat && error.retryAfterMs !== undefined ? Math.max(error.retryAfterMs, pauseMs) : undefined;
}
