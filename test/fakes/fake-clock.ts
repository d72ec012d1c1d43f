import type { Clock } from '../../src/tools/clock.ts';

/** A clock that passes only when somebody sleeps on it; each sleep ends at once, and time has moved on by it. */
export interface FakeClock extends Clock {
  readonly slept: number[];
}

/** Creates a clock that stands at `startMs`. */
export function createFakeClock(startMs = 0): FakeClock {
  let nowMs = startMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
  };
}
