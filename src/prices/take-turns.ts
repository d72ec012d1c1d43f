/** How long the core is left to others, in ms: what a kernel makes of the shortest wait that it takes. */
const turnMs = 0.02;

/**
 * Creates what a thread calls that works for long without haste, several times a millisecond: it sleeps for a moment. A thread that only has less
 * priority would first end its turn of some milliseconds, while a thread with a request to answer waits for the core.
 */
export function createTurns(): () => void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return () => void Atomics.wait(never, 0, 0, turnMs);
}
