import type { Clock } from '../../tools/clock.ts';
import type { LogLine, LogOptions } from '../target.ts';
import { LogReader } from './log-reader.ts';
import { listLoggedReplicas, replicaLogPath } from './replica-logs.ts';

const followMs = 200;

/**
 * Lines of all replicas whose logs are kept, in order of time. With `follow` it goes on until the signal aborts, and then throws its reason.
 */
export async function* readLogs(logsFolder: string, clock: Clock, { follow, sinceMs, signal }: LogOptions): AsyncGenerator<LogLine, void, undefined> {
  const oldestMs = sinceMs === undefined ? -Infinity : clock.now() - sinceMs;
  const readers = new Map<string, LogReader>();
  try {
    for (;;) {
      for (const pod of await listLoggedReplicas(logsFolder)) {
        if (!readers.has(pod)) readers.set(pod, new LogReader(pod, replicaLogPath(logsFolder, pod)));
      }
      for await (const { line, atMs } of mergeByTime([...readers.values()].map((reader) => reader.readNew()))) {
        signal.throwIfAborted();
        if (atMs >= oldestMs) yield line;
      }
      if (!follow) return;
      await clock.sleep(followMs, signal);
    }
  } finally {
    await Promise.all([...readers.values()].map((reader) => reader[Symbol.asyncDispose]()));
  }
}

/** A line, and when it was written as far as that is known: a line without a time counts as that before it in the same log. */
interface TimedLine {
  readonly line: LogLine;
  readonly atMs: number;
}

/** A log that is being read, and the line that comes next in it. */
interface Head {
  readonly log: AsyncIterator<LogLine>;
  next: TimedLine;
}

/** Merges logs, each of which is in order, holding one line of each. */
async function* mergeByTime(logs: readonly AsyncIterator<LogLine>[]): AsyncGenerator<TimedLine, void, undefined> {
  const heads: Head[] = [];
  for (const log of logs) {
    const next = await nextLine(log, -Infinity);
    if (next !== undefined) heads.push({ log, next });
  }
  while (heads.length > 0) {
    const first = heads.reduce((earliest, head) => (head.next.atMs < earliest.next.atMs ? head : earliest));
    yield first.next;
    const next = await nextLine(first.log, first.next.atMs);
    if (next === undefined) heads.splice(heads.indexOf(first), 1);
    else first.next = next;
  }
}

async function nextLine(log: AsyncIterator<LogLine>, lastMs: number): Promise<TimedLine | undefined> {
  const { value, done } = await log.next();
  return done === true || value === undefined ? undefined : { line: value, atMs: value.timeMs ?? lastMs };
}
