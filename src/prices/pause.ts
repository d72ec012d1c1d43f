/** Longest pause after failures, in ms, unless the poll interval is longer. */
const longestPauseMs = 60_000;

/** Longest wait for which a server's Retry-After is honoured, in ms. */
const longestRetryAfterMs = 900_000;

/** The pause before a look, in ms: the interval, up to 10 % longer or shorter so that replicas don't ask in step. */
export function pollPause(intervalMs: number, random: () => number): number {
  return intervalMs * (0.9 + 0.2 * random());
}

/**
 * The pause after failures in a row, in ms: the interval, doubled with each, at most a minute, of which a random half to all; and no less than the
 * server asked for.
 */
export function failurePause(options: { intervalMs: number; failures: number; retryAfterMs: number | null; random: () => number }): number {
  const { intervalMs, failures, retryAfterMs, random } = options;
  const pauseMs = Math.min(intervalMs * 2 ** (failures - 1), Math.max(intervalMs, longestPauseMs)) * (0.5 + 0.5 * random());
  return Math.max(pauseMs, Math.min(retryAfterMs ?? 0, longestRetryAfterMs));
}
