import type { HttpClient } from './http-client.ts';
import type { RequestRecorder } from './request-recorder.ts';
import type { RequestTable } from './request-table.ts';

/** What virtual users of one worker have in common. */
export interface VirtualUserOptions {
  readonly requests: RequestTable;
  readonly recorder: RequestRecorder;
  /** Pause after each request, part of the iteration. */
  readonly thinkTimeMs: number;
  createClient(onEnd: () => void): HttpClient;
}

/** One virtual user: an iteration is one request on its connection, then thinking. It does one iteration at a time, when told to. */
export class VirtualUser {
  readonly #options: VirtualUserOptions;
  readonly #client: HttpClient;
  readonly #onIterationEnd: () => void;
  #startedMs = 0;
  #thinking: NodeJS.Timeout | undefined;

  /** `onIterationEnd` is called at the end of each iteration that isn't interrupted, never before `iterate` returns. */
  constructor(options: VirtualUserOptions, onIterationEnd: () => void) {
    this.#options = options;
    this.#onIterationEnd = onIterationEnd;
    this.#client = options.createClient(() => this.#onRequestEnd());
  }

  /** Begins an iteration. */
  iterate(): void {
    this.#client.send(this.#options.requests.takeIndex());
    this.#startedMs = this.#client.exchange.wantedMs;
  }

  /** Ends the iteration under way, if any, which is then not counted, and the connection. */
  interrupt(): void {
    clearTimeout(this.#thinking);
    this.#thinking = undefined;
    this.#client.close();
  }

  #onRequestEnd(): void {
    const { exchange } = this.#client;
    this.#options.recorder.recordRequest(exchange);
    if (this.#options.thinkTimeMs > 0) this.#thinking = setTimeout(this.#onThought, this.#options.thinkTimeMs);
    else this.#endIteration(exchange.endMs);
  }

  readonly #onThought = (): void => {
    this.#thinking = undefined;
    this.#endIteration(performance.now());
  };

  #endIteration(nowMs: number): void {
    this.#options.recorder.recordIteration(nowMs - this.#startedMs);
    this.#onIterationEnd();
  }
}
