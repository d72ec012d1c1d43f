import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { systemCode } from '../../tools/errors.ts';
import { Deadline } from './deadline.ts';
import { Exchange } from './exchange.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { userAgent } from './request-table.ts';
import { type ConnectCallback, connectSecurely } from './tls-connect.ts';

/** Keeps an idle connection until the service ends it, whatever it hints, as Go's transport does; the longest that timers go. */
const keepAliveMs = 2 ** 31 - 1;

/** The client for https://: an undici client, whose sockets are ours, because only they know k6's moments and bytes. HTTP/1.1 only. */
export class TlsClient implements HttpClient {
  readonly exchange = new Exchange();
  readonly #options: HttpClientOptions;
  readonly #deadline: Deadline;
  /** Given up when a request times out; what still comes from it then means nothing. */
  #client: Client | undefined;
  #handler: Dispatcher.DispatchHandler = {};
  #path = '';
  #status = 0;
  #socket: Socket | undefined;
  /** Requests that went out on `#socket`, and its bytes that were counted. */
  #requests = 0;
  #countedSent = 0;
  #countedReceived = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#deadline = new Deadline(options.timeoutMs, () => {
      this.#closeClient();
      this.#fail('timed out');
    });
  }

  send(index: number): void {
    const nowMs = performance.now();
    this.exchange.begin(nowMs);
    this.#deadline.start(nowMs);
    this.#path = this.#options.requests.path(index);
    this.#dispatch();
  }

  close(): void {
    this.#deadline.close();
    this.#closeClient();
  }

  #dispatch(): void {
    const client = (this.#client ??= this.#openClient());
    client.dispatch({ path: this.#path, method: 'GET', headers: { 'user-agent': userAgent } }, this.#handler);
  }

  #openClient(): Client {
    const client = new Client(this.#options.service.origin, {
      connect: (_, callback) => this.#connect(callback),
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      keepAliveTimeoutThreshold: -keepAliveMs,
    });
    this.#handler = this.#createHandler(() => client === this.#client);
    return client;
  }

  #createHandler(isCurrent: () => boolean): Dispatcher.DispatchHandler {
    return {
      onRequestStart: () => {
        this.#requests++;
        this.exchange.gotConnection(performance.now());
      },
      onRequestSent: () => {
        this.exchange.sentMs = performance.now();
      },
      onResponseStarted: () => {
        if (this.exchange.firstByteMs === 0) this.exchange.firstByteMs = performance.now();
      },
      onResponseStart: (_, status) => {
        this.#status = status;
      },
      onResponseData: () => {},
      onResponseEnd: () => {
        this.exchange.succeed(performance.now(), this.#status);
        this.#end();
      },
      onResponseError: (_, error) => {
        if (isCurrent()) this.#onError(error);
      },
    };
  }

  #connect(callback: ConnectCallback): void {
    this.#countTraffic();
    this.#requests = 0;
    this.#countedSent = 0;
    this.#countedReceived = 0;
    this.#socket = connectSecurely(this.#options.service, this.exchange, callback);
  }

  #onError(error: Error): void {
    const isSwallowed = this.#requests > 1 && this.exchange.sentMs !== 0 && this.exchange.firstByteMs === 0;
    if (isSwallowed && this.#options.resend) {
      this.exchange.resend(performance.now());
      this.#dispatch();
    } else {
      this.#fail(systemCode(error) ?? error.message);
    }
  }

  #fail(reason: string): void {
    this.exchange.fail(performance.now(), reason);
    this.#end();
  }

  #end(): void {
    this.#deadline.stop();
    this.#countTraffic();
    this.#options.onEnd();
  }

  #closeClient(): void {
    this.#countTraffic();
    const client = this.#client;
    this.#client = undefined;
    void client?.destroy();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #countTraffic(): void {
    if (this.#socket === undefined) return;
    const { bytesWritten, bytesRead } = this.#socket;
    this.#options.sent.count += bytesWritten - this.#countedSent;
    this.#options.received.count += bytesRead - this.#countedReceived;
    this.#countedSent = bytesWritten;
    this.#countedReceived = bytesRead;
  }
}
