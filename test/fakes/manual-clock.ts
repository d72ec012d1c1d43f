import type { Clock } from '../../src/tools/clock.ts';

/** A clock that a test sets: sleeps end when it has been moved on far enough. */
export interface ManualClock extends Clock {
  /** Moves time on, ends the sleeps that are over, and lets what follows from them happen. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, as an administrator does. */
  jump(ms: number): void;
  /** How many sleeps are under way. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly untilMs: number;
  end(): void;
}

/** Creates a clock that stands at 0. */
export function createManualClock(): ManualClock {
  let passedMs = 0;
  let offsetMs = 0;
  const sleepers = new Set<Sleeper>();
  return {
    get sleepers() {
      return sleepers.size;
    },
    now: () => passedMs + offsetMs,
    monotonicMs: () => passedMs,
    jump: (ms) => void (offsetMs += ms),
    async advance(ms) {
      passedMs += ms;
      for (const sleeper of sleepers) if (sleeper.untilMs <= passedMs) sleeper.end();
      await new Promise((resolve) => setImmediate(resolve));
    },
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { untilMs: passedMs + ms, end: () => { sleepers.delete(sleeper); resolve(); } };
      const onAbort = () => { sleepers.delete(sleeper); reject(signal?.reason); };
      if (signal?.aborted) onAbort();
      else {
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      }
      return promise;
    },
  };
}
