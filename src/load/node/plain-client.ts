import { connect, type Socket } from 'node:net';
import { systemCode } from '../../tools/errors.ts';
import { Deadline } from './deadline.ts';
import { Exchange } from './exchange.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { ResponseParser } from './response-parser.ts';

/**
 * A minimal HTTP/1.1 client over TCP. It exists because the generator's own cost is what limits a load test: per request it
 * writes one string, reads into a buffer that all clients share, and allocates nothing of its own.
 */
export class PlainClient implements HttpClient {
  readonly exchange = new Exchange();
  readonly #options: HttpClientOptions;
  readonly #readBuffer: Uint8Array;
  readonly #parser = new ResponseParser();
  readonly #deadline: Deadline;
  #socket: Socket | undefined;
  #isConnected = false;
  #isBusy = false;
  /** The request under way went out on a connection that had served another before. */
  #isReused = false;
  #text = '';

  /** `readBuffer` may be shared by all clients of a thread: what is read is used up before the next read. */
  constructor(options: HttpClientOptions, readBuffer: Uint8Array) {
    this.#options = options;
    this.#readBuffer = readBuffer;
    this.#deadline = new Deadline(options.timeoutMs, () => this.#fail('timed out'));
  }

  send(index: number): void {
    const nowMs = performance.now();
    this.exchange.begin(nowMs);
    this.#deadline.start(nowMs);
    this.#isBusy = true;
    this.#text = this.#options.requests.text(index);
    this.#isReused = this.#isConnected;
    if (this.#socket !== undefined && this.#isConnected) this.#write(this.#socket, nowMs);
    else this.#connect(nowMs);
  }

  close(): void {
    this.#isBusy = false;
    this.#deadline.close();
    this.#dropConnection();
  }

  #connect(nowMs: number): void {
    const { hostname, port } = this.#options.service;
    const socket: Socket = connect({
      host: hostname,
      port,
      noDelay: true,
      onread: { buffer: this.#readBuffer, callback: (length, bytes) => this.#onRead(socket, length, bytes) },
    });
    this.#socket = socket;
    this.exchange.connecting(nowMs);
    socket.once('lookup', () => {
      if (socket === this.#socket) this.exchange.connecting(performance.now());
    });
    socket.once('connect', () => this.#onConnect(socket));
    socket.once('end', () => this.#onEndOfStream(socket));
    socket.on('error', (error) => this.#onBreak(socket, systemCode(error) ?? error.message));
  }

  #onConnect(socket: Socket): void {
    if (socket !== this.#socket) return;
    const nowMs = performance.now();
    this.#isConnected = true;
    this.exchange.connected(nowMs);
    this.#write(socket, nowMs);
  }

  #write(socket: Socket, nowMs: number): void {
    this.#parser.reset(false);
    this.exchange.gotConnection(nowMs);
    socket.write(this.#text, 'latin1');
    this.exchange.sentMs = performance.now();
    this.#options.sent.count += this.#text.length;
  }

  /** Always wants more: the return value that `net` asks for. */
  #onRead(socket: Socket, length: number, bytes: Uint8Array): boolean {
    if (socket !== this.#socket) return true;
    this.#options.received.count += length;
    if (!this.#isBusy) {
      this.#dropConnection();
      return true;
    }
    const nowMs = performance.now();
    if (this.exchange.firstByteMs === 0) this.exchange.firstByteMs = nowMs;
    const state = this.#parser.push(bytes, length);
    if (state === 'done') this.#succeed(nowMs);
    else if (state === 'malformed') this.#fail('malformed response');
    return true;
  }

  #onEndOfStream(socket: Socket): void {
    const isWholeBody = socket === this.#socket && this.#isBusy && this.#parser.end() === 'done';
    if (isWholeBody) this.#succeed(performance.now());
    else this.#onBreak(socket, 'connection closed by the service');
  }

  #onBreak(socket: Socket, reason: string): void {
    if (socket !== this.#socket) return;
    if (!this.#isBusy) this.#dropConnection();
    else if (this.#isReused && this.exchange.firstByteMs === 0 && this.#options.resend) this.#resend();
    else this.#fail(reason);
  }

  #resend(): void {
    const nowMs = performance.now();
    this.#dropConnection();
    this.#isReused = false;
    this.exchange.resend(nowMs);
    this.#connect(nowMs);
  }

  #succeed(nowMs: number): void {
    if (!this.#parser.isReusable) this.#dropConnection();
    this.exchange.succeed(nowMs, this.#parser.status);
    this.#end();
  }

  #fail(reason: string): void {
    this.#dropConnection();
    this.exchange.fail(performance.now(), reason);
    this.#end();
  }

  #end(): void {
    this.#isBusy = false;
    this.#deadline.stop();
    this.#options.onEnd();
  }

  #dropConnection(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#isConnected = false;
  }
}
