import type { Worker } from 'node:worker_threads';
import type { WorkerCommand, WorkerReport, WorkerResult, WorkerSample } from './messages.ts';

/** How a worker ended. Without a result it died, and `problem` says of what. */
export interface WorkerOutcome {
  readonly exitCode: number;
  readonly result: WorkerResult | undefined;
  readonly problem: string | undefined;
  /** Requests that it had finished when it was last heard of. */
  readonly requests: number;
}

/** A worker thread as the main thread sees it. */
export class LoadWorker {
  /** Resolves when the worker can start, or has died before. */
  readonly ready: Promise<void>;
  /** Resolves when the thread is gone. */
  readonly outcome: Promise<WorkerOutcome>;
  readonly #worker: Worker;
  #result: WorkerResult | undefined;
  #problem: string | undefined;
  #requests = 0;

  constructor(worker: Worker, onSample: (sample: WorkerSample) => void) {
    this.#worker = worker;
    const ready = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<WorkerOutcome>();
    this.ready = ready.promise;
    this.outcome = outcome.promise;
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'ready') ready.resolve();
      else if (report.type === 'result') this.#result = report.result;
      else {
        this.#requests = report.sample.requests;
        onSample(report.sample);
      }
    });
    worker.on('error', (error) => {
      this.#problem = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (exitCode) => {
      ready.resolve();
      outcome.resolve({ exitCode, result: this.#result, problem: this.#problem, requests: this.#requests });
    });
  }

  post(command: WorkerCommand): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(command);
  }
}
