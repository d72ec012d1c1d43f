import type { Clock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import type { LoadProgress } from '../engine.ts';
import { addUp, firstLook, type RunnerLook } from '../k6/live-progress.ts';
import { forbidden, type RunnerApi } from './runner-api.ts';

/** Limit of one question to a runner: a busy one answers late, and the next second brings another. */
const askMs = 3_000;

/** What the live view takes from. */
export interface LiveOptions {
  readonly runners: RunnerApi;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly signal: AbortSignal;
}

/** Adds up what the runners say of themselves while they run. What one said last still counts when it doesn't answer any more. */
export class LiveView {
  readonly series: LoadProgress[] = [];
  readonly #options: LiveOptions;
  readonly #known = new Map<string, RunnerLook>();

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Requests of a runner, as it said last. */
  requestsOf(pod: string): number {
    return this.#known.get(pod)?.requests ?? 0;
  }

  /** Asks the pods that run, and adds up. `ended` have no users any more. Throws the signal's reason on abort. */
  async sample(running: readonly string[], ended: readonly string[]): Promise<LoadProgress> {
    await Promise.all(running.map(async (pod) => this.#ask(pod)));
    for (const pod of ended) this.#known.set(pod, { ...(this.#known.get(pod) ?? firstLook), vus: 0 });
    const { clock, startedMs } = this.#options;
    const progress = addUp([...this.#known.values()], clock.monotonicMs() - startedMs, this.series.at(-1));
    this.series.push(progress);
    return progress;
  }

  async #ask(pod: string): Promise<void> {
    const { runners, signal } = this.#options;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
    try {
      const [status, counts] = await Promise.all([runners.status(pod, limit), runners.counts(pod, limit)]);
      const before = this.#known.get(pod) ?? firstLook;
      const vus = status === undefined || status === forbidden ? before.vus : status.vus;
      this.#known.set(pod, { ...before, ...counts, vus });
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.aborted && !(error instanceof PricectlError)) throw error;
    }
  }
}
