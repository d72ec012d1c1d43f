import type { Worker } from 'node:worker_threads';
import type { EngineResult, LoadObserver, LoadRequest } from '../engine.ts';
import type { Stage } from '../profile.ts';
import { assembleResult } from './engine-result.ts';
import { LoadWorker, type WorkerOutcome } from './load-worker.ts';
import type { WorkerCommand, WorkerPlan } from './messages.ts';
import { checkReachable } from './preflight.ts';
import { type MergedSample, ProgressMerger } from './progress.ts';
import { parseServiceUrl } from './service-url.ts';

/** Starts a worker thread with a plan. */
export type SpawnWorker = (plan: WorkerPlan) => Worker;

/** A rest of a second shorter than this is no point of the series: its rate would be noise. */
const shortestRestMs = 500;

/** One load test by the node engine: checks that somebody answers, starts the workers together, and puts together what they tell. */
export class NodeLoadRun {
  readonly #request: LoadRequest;
  readonly #observer: LoadObserver;
  readonly #workerCount: number;
  readonly #spawn: SpawnWorker;
  readonly #merger: ProgressMerger;
  readonly #samples: MergedSample[] = [];
  #workers: readonly LoadWorker[] = [];
  /** Commands from before the start. */
  readonly #waiting: WorkerCommand[] = [];
  /** Moment of `performance.now()`. */
  #startedMs: number | undefined;
  #startedAtMs = Date.now();
  #ms = 0;
  #isOpenEnded: boolean;

  constructor(request: LoadRequest, observer: LoadObserver, workerCount: number, spawn: SpawnWorker) {
    this.#request = request;
    this.#observer = observer;
    this.#workerCount = workerCount;
    this.#spawn = spawn;
    this.#merger = new ProgressMerger(workerCount);
    const { scenario } = request.profile;
    this.#isOpenEnded = scenario.executor === 'ramping-arrival-rate' && scenario.openEnded;
  }

  /** The whole test. As `LoadRun.result`. */
  async run(): Promise<EngineResult> {
    const { signal } = this.#observer;
    const service = parseServiceUrl(this.#request.url);
    try {
      await checkReachable(service, signal);
    } catch (error) {
      if (signal.aborted) return this.#assemble([]);
      throw error;
    }
    const stop = (): void => this.#post({ type: 'stop' });
    signal.addEventListener('abort', stop);
    try {
      return this.#assemble(await this.#load());
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** As `LoadRun.extend`. Throws TypeError unless the scenario is open-ended still. */
  extend(stages: readonly Stage[], end: boolean): void {
    if (!this.#isOpenEnded) throw new TypeError('only an open-ended ramping arrival rate can be extended');
    this.#isOpenEnded = !end;
    const nowMs = this.#startedMs === undefined ? 0 : performance.now() - this.#startedMs;
    const command: WorkerCommand = { type: 'extend', nowMs, stages, end };
    if (this.#startedMs === undefined) this.#waiting.push(command);
    else this.#post(command);
  }

  async #load(): Promise<readonly WorkerOutcome[]> {
    this.#workers = Array.from({ length: this.#workerCount }, (_, index) => this.#startWorker(index));
    await Promise.all(this.#workers.map(({ ready }) => ready));
    this.#startedAtMs = Date.now();
    this.#startedMs = performance.now();
    this.#post({ type: 'start' });
    for (const command of this.#waiting) this.#post(command);
    if (this.#observer.signal.aborted) this.#post({ type: 'stop' });
    return Promise.all(this.#workers.map((worker, index) => this.#awaitEnd(worker, index)));
  }

  #startWorker(index: number): LoadWorker {
    const worker = this.#spawn({ request: this.#request, slot: { index, count: this.#workerCount } });
    return new LoadWorker(worker, (sample) => {
      this.#merger.add(index, sample);
      this.#takeSamples();
    });
  }

  async #awaitEnd(worker: LoadWorker, index: number): Promise<WorkerOutcome> {
    const outcome = await worker.outcome;
    this.#merger.close(index);
    this.#takeSamples();
    return outcome;
  }

  #takeSamples(): void {
    for (let sample = this.#merger.take(); sample !== undefined; sample = this.#merger.take()) {
      const { elapsedMs } = sample.progress;
      const isShortRest = sample.isLast && this.#samples.length > 0 && elapsedMs - this.#ms < shortestRestMs;
      this.#ms = elapsedMs;
      if (isShortRest) continue;
      this.#samples.push(sample);
      this.#observer.onProgress(sample.progress);
    }
  }

  #post(command: WorkerCommand): void {
    for (const worker of this.#workers) worker.post(command);
  }

  #assemble(outcomes: readonly WorkerOutcome[]): EngineResult {
    return assembleResult({
      request: this.#request,
      startedAtMs: this.#startedAtMs,
      ms: this.#ms,
      interrupted: this.#observer.signal.aborted,
      samples: this.#samples,
      outcomes,
    });
  }
}
