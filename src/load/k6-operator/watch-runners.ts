import { testRunLabel } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { PricectlError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { LoadProgress } from '../engine.ts';
import type { LiveView } from './live.ts';
import type { TestRunContext } from './look.ts';
import type { RunnerApi } from './runner-api.ts';
import { endOf, type RunnerEnd } from './runner-pods.ts';

/** How often runners are looked at: once a second, more rarely when they are many. */
const pollMs = 1_000;
const pollMsPerRunner = 25;

/** How long runners that were told to stop may take to their end: teardown, summary. */
const stopMs = 120_000;

/** How long the cluster may be away. */
const awayMs = 60_000;

/** Runners to watch to their end. */
export interface RunnersWatch {
  readonly run: TestRunContext;
  readonly runners: RunnerApi;
  readonly live: LiveView;
  /** The pods as they were at the start. */
  readonly pods: readonly Pod[];
  /** Longest that they may run, in milliseconds; null when nobody knows. */
  readonly limitMs: number | null;
  /** Ends the test: the runners are told to stop, and waited for. */
  readonly stop: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** How the runners ended. */
export interface RunnersEnd {
  /** By the pods' names; null for a runner that had not ended when it was given up. */
  readonly ends: ReadonlyMap<string, RunnerEnd | null>;
  /** What was not as it should be, in words. */
  readonly warnings: readonly string[];
}

/** Watches runners to their end, and tells of them meanwhile. Throws the run's signal's reason on abort, and what KubeApi throws when the cluster stays away. */
export async function watchRunners(watch: RunnersWatch): Promise<RunnersEnd> {
  return new Watch(watch).toEnd();
}

class Watch {
  readonly #watch: RunnersWatch;
  readonly #startedMs: number;
  readonly #ends = new Map<string, RunnerEnd | null>();
  readonly #warnings: string[] = [];
  #stoppedMs: number | undefined;
  /** How long runners that were told to stop are waited for. */
  #patienceMs = stopMs;
  #seenMs: number;

  constructor(watch: RunnersWatch) {
    this.#watch = watch;
    this.#startedMs = watch.run.clock.monotonicMs();
    this.#seenMs = this.#startedMs;
  }

  async toEnd(): Promise<RunnersEnd> {
    const { pods, onProgress, live } = this.#watch;
    const names = pods.map(({ metadata }) => metadata.name);
    for (;;) {
      await this.#pause();
      await this.#lookForEnds(names);
      const running = names.filter((name) => !this.#ends.has(name));
      if (running.length === 0) break;
      await this.#stopWhenDue(running);
      if (this.#stoppedMs !== undefined && this.#now - this.#stoppedMs > this.#patienceMs) {
        for (const name of running) this.#ends.set(name, null);
        break;
      }
      onProgress(await live.sample(running, [...this.#ends.keys()]));
    }
    return { ends: this.#ends, warnings: this.#warnings };
  }

  get #now(): number {
    return this.#watch.run.clock.monotonicMs();
  }

  async #lookForEnds(names: readonly string[]): Promise<void> {
    const { run } = this.#watch;
    try {
      const { items } = await run.api.list<Pod>(servicePaths(run).pods, { labelSelector: `${testRunLabel}=${run.name},runner=true` }, run.signal);
      for (const name of names) {
        const pod = items.find(({ metadata }) => metadata.name === name);
        const end = pod === undefined ? { exitCode: 1, why: 'its pod was deleted' } satisfies RunnerEnd : endOf(pod);
        if (end !== undefined && !this.#ends.has(name)) this.#ends.set(name, end);
      }
      this.#seenMs = this.#now;
    } catch (error) {
      run.signal.throwIfAborted();
      if (!(error instanceof PricectlError) || this.#now - this.#seenMs > awayMs) throw error;
    }
  }

  async #stopWhenDue(running: readonly string[]): Promise<void> {
    const { limitMs, stop } = this.#watch;
    const isOver = limitMs !== null && this.#now - this.#startedMs > limitMs;
    if (this.#stoppedMs !== undefined || !(stop.aborted || isOver)) return;
    this.#stoppedMs = this.#now;
    if (!stop.aborted) this.#warnings.push(`${running.length} ${running.length === 1 ? 'runner' : 'runners'} went on for more than ${Math.round((limitMs ?? 0) / 1_000)} s and had to be stopped`);
    await Promise.all(running.map(async (pod) => this.#stopOne(pod)));
  }

  async #stopOne(pod: string): Promise<void> {
    const { run, runners } = this.#watch;
    try {
      await runners.stop(pod, run.signal);
    } catch (error) {
      run.signal.throwIfAborted();
      if (!(error instanceof PricectlError)) throw error;
      // One that is just ending answers no more.
      if (error instanceof KubeApiError && error.status !== 403) return;
      this.#warnings.push(`${pod} could not be told to stop, and its result is lost: ${error.message}`);
      this.#patienceMs = 0;
    }
  }

  async #pause(): Promise<void> {
    const { run, stop, pods } = this.#watch;
    const wake = stop.aborted ? run.signal : AbortSignal.any([run.signal, stop]);
    try {
      await run.clock.sleep(Math.max(pollMs, pods.length * pollMsPerRunner), wake);
    } catch (error) {
      run.signal.throwIfAborted();
      if (!stop.aborted) throw error;
    }
  }
}
