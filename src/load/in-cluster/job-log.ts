import { loadContainer } from '../../targets/kubernetes/manifest-load-job.ts';
import type { Clock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import { type JobReport, readJobLine } from '../job-lines.ts';
import { loadStatus } from './load-pod.ts';

/** Pause before a log is asked for again, and how often in a row that may fail. */
const retryMs = 1_000;
const mostFailures = 30;

/** One line of a load job's log. */
export interface LoadLogLine {
  readonly text: string;
  /** What it tells; undefined for a line that is none of ours. */
  readonly report: JobReport | undefined;
}

/** A log to follow. */
export interface JobLog {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** API path of the pod. */
  readonly podPath: string;
  readonly signal: AbortSignal;
}

/**
 * Follows the log of a load job to its last report or, when that doesn't come, to the end of the pod. A connection that ends is made again, and
 * no report is told twice; after half a minute without one it ends. Throws what `readJobLine` throws, KubeApiError for a log that may not be read, and
 * the signal's reason on abort.
 */
export async function* followJobLog(log: JobLog): AsyncGenerator<LoadLogLine> {
  const { clock, signal } = log;
  let told = 0;
  let hadEnded = false;
  for (let failures = 0; failures < mostFailures; await clock.sleep(retryMs, signal)) {
    try {
      for await (const { text, line } of numberedLines(log)) {
        failures = 0;
        if (line <= told) continue;
        const report = readJobLine(text);
        if (report !== undefined) told = line;
        yield { text, report };
        if (report?.type === 'result' || report?.type === 'failed') return;
      }
      // What was written last may have come after the stream's end: one more look, when all is written.
      const hasEnded = await hasPodEnded(log);
      if (hasEnded && hadEnded) return;
      hadEnded = hasEnded;
    } catch (error) {
      signal.throwIfAborted();
      if (!isOfConnection(error) || (told === 0 && isForbidden(error))) throw error;
      if (error instanceof KubeApiError && error.status === 404) return;
      failures += 1;
    }
  }
}

async function* numberedLines({ api, podPath, signal }: JobLog): AsyncGenerator<{ readonly text: string; readonly line: number }> {
  let line = 0;
  for await (const text of api.lines(`${podPath}/log?container=${loadContainer}&follow=true`, signal)) {
    line += 1;
    yield { text, line };
  }
}

async function hasPodEnded({ api, podPath, signal }: JobLog): Promise<boolean> {
  const pod = await api.find<Pod>(podPath, signal);
  return pod === undefined || pod.status?.phase === 'Failed' || loadStatus(pod)?.state?.terminated !== undefined;
}

/** Once a log could be read, a refusal is that of an API server that has just come back. */
function isForbidden(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 403;
}

/** Whether it is the way to the log that failed, not what is in it. */
function isOfConnection(error: unknown): boolean {
  return error instanceof PricectlError && error.code !== 'PRICECTL_E_LOAD_IMAGE';
}
