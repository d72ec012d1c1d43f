import type { LogLine } from './target.ts';

/** A line, and when it was written as far as that is known: a line without a time counts as that before it in the same log. */
export interface TimedLine {
  readonly line: LogLine;
  readonly atMs: number;
}

/** A log that is being read, and the line that comes next in it. */
interface Head {
  readonly log: AsyncIterator<LogLine>;
  next: TimedLine;
}

/** Merges logs, each of which is in order, holding one line of each. */
export async function* mergeByTime(logs: readonly AsyncIterator<LogLine>[]): AsyncGenerator<TimedLine, void, undefined> {
  const first = await Promise.all(logs.map(async (log) => ({ log, next: await nextLine(log, -Infinity) })));
  const heads: Head[] = first.flatMap(({ log, next }) => (next === undefined ? [] : [{ log, next }]));
  while (heads.length > 0) {
    const earliest = heads.reduce((soonest, head) => (head.next.atMs < soonest.next.atMs ? head : soonest));
    yield earliest.next;
    const next = await nextLine(earliest.log, earliest.next.atMs);
    if (next === undefined) heads.splice(heads.indexOf(earliest), 1);
    else earliest.next = next;
  }
}

async function nextLine(log: AsyncIterator<LogLine>, lastMs: number): Promise<TimedLine | undefined> {
  const { value, done } = await log.next();
  return done === true || value === undefined ? undefined : { line: value, atMs: value.timeMs ?? lastMs };
}
