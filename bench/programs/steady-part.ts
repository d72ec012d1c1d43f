/** How many requests a generator had made at one moment. */
export interface Mark {
  readonly requests: number;
  readonly atMs: number;
}

export function markNow(requests: number): Mark {
  return { requests, atMs: performance.now() };
}

/** Requests a second from the first mark to the last. Throws an Error with fewer than two. */
export function steadyPart(marks: readonly Mark[]): number {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('a load of two seconds at least is needed');
  return ((last.requests - first.requests) * 1_000) / (last.atMs - first.atMs);
}
