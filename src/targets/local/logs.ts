import type { Clock } from '../../tools/clock.ts';
import { mergeByTime } from '../merge-logs.ts';
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
