import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { EndedRunner } from '../k6/k6-result.ts';
import { createPayloadCollector, type PayloadCollector } from '../merge-lines.ts';
import type { LiveView } from './live.ts';
import { readLog, type TestRunContext } from './look.ts';
import { followRunnerLog } from './runner-log.ts';
import { explainEnd, type RunnerEnd } from './runner-pods.ts';

/** How long the logs of runners that have ended are waited for. */
const collectMs = 30_000;

/** Lines of a log that tell why k6 ended. */
const keptLines = 20;

/** Logs of runners that are read. */
export interface Collecting {
  /** Reads the logs to their ends. Null is the end of a runner that was given up. */
  finish(ends: ReadonlyMap<string, RunnerEnd | null>): Promise<readonly EndedRunner[]>;
  /** Resolves when nothing is read any more; the run's signal ends it. */
  readonly ended: Promise<unknown>;
}

interface RunnerRecord {
  /** Name of the pod. */
  readonly pod: string;
  /** Name of the runner: of its Job. */
  readonly name: string;
  readonly collector: PayloadCollector;
  /** The last lines that aren't of the payload. */
  readonly lines: string[];
}

/** Begins to read the logs of the runners. */
export function collectRunners(run: TestRunContext, pods: readonly Pod[], live: LiveView): Collecting {
  const records = pods.map(({ metadata }): RunnerRecord => ({ pod: metadata.name, name: metadata.labels?.['job-name'] ?? metadata.name, collector: createPayloadCollector(), lines: [] }));
  const enough = new AbortController();
  const signal = AbortSignal.any([run.signal, enough.signal]);
  const ended = Promise.all(records.map(async (record) => readRunner({ ...run, signal }, record)));
  return {
    ended,
    async finish(ends) {
      await Promise.race([ended, run.clock.sleep(collectMs, signal).catch(() => {})]);
      enough.abort();
      await ended;
      await Promise.all(records.map(async (record) => readAgain(run, record)));
      return records.map((record) => describeRunner(record, ends.get(record.pod) ?? null, live));
    },
  };
}

async function readRunner(run: TestRunContext, record: RunnerRecord): Promise<void> {
  const podPath = `${servicePaths(run).pods}/${record.pod}`;
  try {
    for await (const line of followRunnerLog({ ...run, podPath })) take(record, line);
  } catch (error) {
    if (!run.signal.aborted) throw error;
  }
}

/** One more look at the whole log of a runner whose result didn't come as a whole. */
async function readAgain(run: TestRunContext, { pod, collector }: RunnerRecord): Promise<void> {
  if (collector.isComplete()) return;
  for (const line of (await readLog(run, pod)).split('\n')) collector.add(line);
}

function take({ collector, lines }: RunnerRecord, line: string): void {
  if (collector.add(line)) return;
  lines.push(line);
  if (lines.length > keptLines) lines.shift();
}

/** What is known of a runner that has ended, or was given up. */
function describeRunner({ pod, name, collector, lines }: RunnerRecord, end: RunnerEnd | null, live: LiveView): EndedRunner {
  const { exitCode, ...ended } = end ?? { exitCode: 1, why: 'it did not end' };
  const result = collector.result();
  const damage = typeof result === 'string' ? result : undefined;
  const words = [explainEnd({ exitCode, ...ended }, lines.join('\n')), damage].filter((part) => part !== null && part !== undefined);
  return { name, exitCode, reason: words.length === 0 ? null : words.join('; '), payload: typeof result === 'object' ? result : undefined, requests: live.requestsOf(pod) };
}
