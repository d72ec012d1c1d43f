import { type Clock, systemClock } from '../../src/tools/clock.ts';

/** A clock that runs so many times as fast as the machine's: what waits for seconds waits for real sockets and processes in milliseconds. */
export function createFastClock(factor: number): Clock {
  const startMs = Date.now();
  const since = performance.now();
  const passed = () => (performance.now() - since) * factor;
  return { now: () => startMs + passed(), monotonicMs: passed, sleep: (ms, signal) => systemClock.sleep(ms / factor, signal) };
}
