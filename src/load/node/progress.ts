import type { LoadProgress } from '../engine.ts';
import { Histogram } from '../histogram.ts';
import type { WorkerSample } from './messages.ts';

/** One second of all workers. */
export interface MergedSample {
  readonly progress: LoadProgress;
  /** Virtual users that existed. */
  readonly allocatedVus: number;
  /** Busy part, 0 .. 1, of the busiest worker's event loop. */
  readonly utilization: number;
  /** The rest of a second, after which no worker is left. */
  readonly isLast: boolean;
}

/** Puts the samples of several workers together, second by second. A worker that has ended, or died, is no longer waited for. */
export class ProgressMerger {
  readonly #queues: WorkerSample[][];
  readonly #latest: (WorkerSample | undefined)[];
  readonly #isRunning: boolean[];
  #elapsedMs = 0;
  #requests = 0;

  constructor(workers: number) {
    this.#queues = Array.from({ length: workers }, () => []);
    this.#latest = Array.from({ length: workers }, () => undefined);
    this.#isRunning = Array.from({ length: workers }, () => true);
  }

  /** A worker's next sample has come. */
  add(worker: number, sample: WorkerSample): void {
    this.#queues[worker]?.push(sample);
    if (sample.isLast) this.close(worker);
  }

  /** No more samples come from a worker. */
  close(worker: number): void {
    this.#isRunning[worker] = false;
  }

  /** The next second, as soon as all running workers have told of it. */
  take(): MergedSample | undefined {
    if (this.#queues.every((queue) => queue.length === 0)) return undefined;
    if (this.#queues.some((queue, worker) => queue.length === 0 && this.#isRunning[worker] === true)) return undefined;
    const taken = this.#queues.flatMap((queue, worker) => {
      const sample = queue.shift();
      if (sample === undefined) return [];
      this.#latest[worker] = sample;
      return [sample];
    });
    return this.#merge(taken);
  }

  #merge(taken: readonly WorkerSample[]): MergedSample {
    const latest = this.#latest.filter((sample) => sample !== undefined);
    const elapsedMs = Math.max(...taken.map((sample) => sample.elapsedMs));
    const requests = sum(latest, (sample) => sample.requests);
    const durations = new Histogram();
    for (const sample of taken) durations.merge(Histogram.fromTransfer(sample.durations));
    const quantile = (q: number): number | null => (durations.count === 0 ? null : durations.quantile(q));
    const progress: LoadProgress = {
      elapsedMs,
      vus: sum(latest, (sample) => sample.activeVus),
      requests,
      failed: sum(latest, (sample) => sample.failed),
      requestsPerSecond: elapsedMs > this.#elapsedMs ? ((requests - this.#requests) * 1_000) / (elapsedMs - this.#elapsedMs) : 0,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      droppedIterations: sum(latest, (sample) => sample.dropped),
    };
    this.#elapsedMs = elapsedMs;
    this.#requests = requests;
    return {
      progress,
      allocatedVus: sum(latest, (sample) => sample.allocatedVus),
      utilization: Math.max(...taken.map((sample) => sample.utilization)),
      isLast: taken.every((sample) => sample.isLast),
    };
  }
}

function sum(samples: readonly WorkerSample[], valueOf: (sample: WorkerSample) => number): number {
  return samples.reduce((total, sample) => total + valueOf(sample), 0);
}
