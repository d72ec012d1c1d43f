import type { Clock } from '../../tools/clock.ts';
import type { K6Process } from './k6-process.ts';

/** How long a stopped process may take for teardown and summary; then it is told by a signal, and then killed. */
const summaryMs = 15_000;

/** How much longer than planned a load may take, for setup, teardown and summary. */
const marginMs = 60_000;

/** When and how to stop. */
export interface StopOptions {
  readonly clock: Clock;
  /** Aborts when all processes have ended. */
  readonly over: AbortSignal;
  /** Aborts when the load is to be stopped. */
  readonly signal: AbortSignal;
  /** How long the load takes by plan; Infinity when nobody knows. */
  readonly limitMs: number;
}

/**
 * Waits for the end of a load. When it is to be stopped, or takes too long, the processes are told to stop, which lets them send what they
 * measured; who hasn't ended in time is ended. Resolves with what was wrong, in words.
 */
export async function stopInTime(processes: readonly K6Process[], { clock, over, signal, limitMs }: StopOptions): Promise<string | undefined> {
  const wake = AbortSignal.any([over, signal]);
  const longestMs = limitMs + marginMs;
  await (Number.isFinite(longestMs) ? clock.sleep(longestMs, wake).catch(() => {}) : aborted(wake));
  if (over.aborted) return undefined;
  const isOverdue = !signal.aborted;
  await Promise.all(processes.filter(({ hasEnded }) => !hasEnded).map(({ rest }) => rest.tell({ stopped: true })));
  await clock.sleep(summaryMs, over).catch(() => {});
  const left = processes.filter(({ hasEnded }) => !hasEnded);
  await Promise.all(left.map((process) => process[Symbol.asyncDispose]()));
  const killed = left.length === 0 ? '' : `; ${left.map(({ name }) => name).join(', ')} had to be ended`;
  if (isOverdue) return `k6 went on for ${Math.round(longestMs / 1_000)} s, a minute longer than the load, and was stopped${killed}`;
  return left.length === 0 ? undefined : `k6 didn't stop within ${summaryMs / 1_000} s${killed}`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
