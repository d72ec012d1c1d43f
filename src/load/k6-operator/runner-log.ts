import { parseStampedLine } from '../../targets/kubernetes/judge-log-line.ts';
import { k6Container } from '../../targets/kubernetes/manifest-test-run.ts';
import type { Clock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import { endOf } from './runner-pods.ts';

/** Pause before a log is asked for again, and how often in a row that may fail. */
const retryMs = 1_000;
const mostFailures = 60;

const nsPerSecond = 1_000_000_000n;

/** What the kubelet answers, with status 200, for a container whose log is gone. */
const lostLog = /^unable to retrieve container logs for /;

/** A log to follow. */
export interface RunnerLog {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** API path of the pod. */
  readonly podPath: string;
  readonly signal: AbortSignal;
}

/**
 * The lines of a runner's log to the end of its pod, each once. A connection that ends is made again from where the last line was; after a minute
 * without one it ends. Throws the signal's reason on abort.
 */
export async function* followRunnerLog(log: RunnerLog): AsyncGenerator<string> {
  const { clock, signal } = log;
  const place = new Place();
  let hadEnded = false;
  for (let failures = 0; failures < mostFailures; await clock.sleep(retryMs, signal)) {
    try {
      for await (const line of log.api.lines(place.pathFor(log.podPath), signal)) {
        failures = 0;
        const text = place.take(line);
        if (text !== undefined) yield text;
      }
      // What was written last may have come after the stream's end: one more look, when all is written.
      const hasEnded = await hasPodEnded(log);
      if (hasEnded && hadEnded) return;
      hadEnded = hasEnded;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PricectlError)) throw error;
      if (error instanceof KubeApiError && error.status === 404) return;
      failures += 1;
    }
  }
}

/** How far a log was read. Lines may have the same time, so those of the last one are counted. */
class Place {
  #lastNs: bigint | undefined;
  #linesOfLast = 0;
  #toSkip = 0;

  /** The path that goes on from here. */
  pathFor(podPath: string): string {
    this.#toSkip = this.#linesOfLast;
    // `sinceTime` has whole seconds.
    const since = this.#lastNs === undefined ? {} : { sinceTime: new Date(Number(this.#lastNs / nsPerSecond) * 1_000).toISOString() };
    return `${podPath}/log?${new URLSearchParams({ container: k6Container, follow: 'true', timestamps: 'true', ...since }).toString()}`;
  }

  /** The text of a line that wasn't taken before. */
  take(line: string): string | undefined {
    const { timeNs, text } = parseStampedLine(line);
    if (timeNs === null) return lostLog.test(text) ? undefined : text;
    if (this.#lastNs !== undefined && timeNs < this.#lastNs) return undefined;
    if (timeNs !== this.#lastNs) {
      this.#lastNs = timeNs;
      this.#linesOfLast = 0;
      this.#toSkip = 0;
    }
    if (this.#toSkip > 0) {
      this.#toSkip -= 1;
      return undefined;
    }
    this.#linesOfLast += 1;
    return text;
  }
}

async function hasPodEnded({ api, podPath, signal }: RunnerLog): Promise<boolean> {
  const pod = await api.find<Pod>(podPath, signal);
  return pod === undefined || endOf(pod) !== undefined;
}
