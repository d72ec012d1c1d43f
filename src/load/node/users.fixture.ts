import { Histogram } from '../histogram.ts';
import { SinkRecorder } from '../recorder.ts';
import { Exchange } from './exchange.ts';
import type { HttpClient } from './http-client.ts';
import { RequestRecorder } from './request-recorder.ts';
import { RequestTable } from './request-table.ts';
import { parseServiceUrl } from './service-url.ts';
import type { VirtualUserOptions } from './virtual-user.ts';

/** A client that answers `200` after a while of (fake) time, or never. */
export class TimedClient implements HttpClient {
  readonly exchange = new Exchange();
  readonly #answerMs: number;
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | undefined;
  requests = 0;
  isClosed = false;

  constructor(answerMs: number, onEnd: () => void) {
    this.#answerMs = answerMs;
    this.#onEnd = onEnd;
  }

  send(): void {
    this.requests++;
    this.isClosed = false;
    this.exchange.begin(performance.now());
    if (this.#answerMs === Infinity) return;
    this.#timer = setTimeout(() => {
      this.exchange.succeed(performance.now(), 200);
      this.#onEnd();
    }, this.#answerMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.isClosed = true;
  }
}

/** Virtual users with such clients, and what they record. */
export interface TimedUsers {
  readonly options: VirtualUserOptions;
  readonly clients: readonly TimedClient[];
  readonly metrics: SinkRecorder;
  /** Completed iterations. */
  readonly iterations: number;
}

/** `answerMs` is asked for each new virtual user, by its number from 0. */
export function createTimedUsers(answerMs: (user: number) => number, thinkTimeMs = 0): TimedUsers {
  const clients: TimedClient[] = [];
  const metrics = new SinkRecorder();
  return {
    clients,
    metrics,
    options: {
      requests: new RequestTable(parseServiceUrl('http://127.0.0.1:1'), ['P124'], { index: 0, count: 1 }),
      recorder: new RequestRecorder(metrics, new Histogram()),
      thinkTimeMs,
      createClient: (onEnd) => {
        const client = new TimedClient(answerMs(clients.length), onEnd);
        clients.push(client);
        return client;
      },
    },
    get iterations() {
      return metrics.counter('iterations').count;
    },
  };
}
