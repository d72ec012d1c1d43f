import type { LoadProgress } from '../engine.ts';
import type { RestCounts } from './rest-api.ts';

/** What is known of one k6 process at a moment; of one that has ended, its last counts and no virtual users. */
export interface RunnerLook extends RestCounts {
  readonly vus: number;
}

/** A process that hasn't told anything yet. */
export const firstLook: RunnerLook = { vus: 0, requests: 0, failed: 0, droppedIterations: 0 };

/**
 * One moment of all processes of a test together. Percentiles of several can't be merged from what REST tells, and those of one are over the whole
 * test, not over the last second: they are null.
 */
export function addUp(looks: readonly RunnerLook[], elapsedMs: number, previous: LoadProgress | undefined): LoadProgress {
  const sum = (valueOf: (look: RunnerLook) => number): number => looks.reduce((total, look) => total + valueOf(look), 0);
  const requests = sum((look) => look.requests);
  const passedMs = elapsedMs - (previous?.elapsedMs ?? 0);
  return {
    elapsedMs,
    vus: sum((look) => look.vus),
    requests,
    failed: sum((look) => look.failed),
    requestsPerSecond: passedMs > 0 ? ((requests - (previous?.requests ?? 0)) * 1_000) / passedMs : 0,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    droppedIterations: sum((look) => look.droppedIterations),
  };
}
