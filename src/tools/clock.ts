import { setTimeout as delay } from 'node:timers/promises';
import { TimeoutError } from './errors.ts';

/** Time as a dependency, so that tests decide how it passes. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

/** What `waitUntil` polls for and how long. */
export interface WaitOptions<T> {
  /** Reads the current state; errors end the wait. */
  poll(): Promise<T>;
  isDone(state: T): boolean;
  /** What is awaited and, from the last state, why it isn't there: "2 of 3 replicas are ready". */
  describe(state: T | undefined): string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Polls until the state is as wanted, and returns that state.
 * Throws TimeoutError with the last state seen after `timeoutMs`, the signal's reason on abort, and whatever `poll` throws:
 * a poll that finds a final failure throws, so that nobody waits for what can't come.
 */
export async function waitUntil<T>(options: WaitOptions<T>): Promise<T> {
  const clock = options.clock ?? systemClock;
  const deadline = clock.monotonicMs() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const state = await options.poll();
    if (options.isDone(state)) return state;
    if (clock.monotonicMs() >= deadline) {
      throw new TimeoutError('PRICECTL_E_TIMEOUT', `${options.describe(state)} after ${options.timeoutMs / 1000} s`);
    }
    await clock.sleep(options.everyMs, options.signal);
  }
}
