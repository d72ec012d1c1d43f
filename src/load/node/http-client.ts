import type { CounterRecorder } from '../recorder.ts';
import type { Exchange } from './exchange.ts';
import type { RequestTable } from './request-table.ts';
import type { ServiceUrl } from './service-url.ts';

/** The one keep-alive connection of a virtual user, and the request under way on it. */
export interface HttpClient {
  /** The request under way, or the last one. */
  readonly exchange: Exchange;
  /** Sends the request for an id. `onEnd` follows, never before this returns. Not to be called again until then. */
  send(index: number): void;
  /** Ends the connection at once. A request under way is dropped and `onEnd` doesn't follow. */
  close(): void;
}

/** What a client needs. */
export interface HttpClientOptions {
  readonly service: ServiceUrl;
  readonly requests: RequestTable;
  /** Limit from the wish for a connection to the last byte. */
  readonly timeoutMs: number;
  /** Send once more what a re-used connection swallowed, as Go's transport and so k6 does. */
  readonly resend: boolean;
  /** Bytes on the TCP connection, below TLS. */
  readonly sent: CounterRecorder;
  readonly received: CounterRecorder;
  /** The request under way has ended, well or not. */
  onEnd(): void;
}
