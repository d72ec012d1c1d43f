import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and headers as sent, without Date, which differs from second to second. */
  readonly head: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection that sends any bytes and reads answers as HTTP/1.1 frames them: by Content-Length, chunked, or up to the end. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  /** Whether the server ended the connection, in order or by a reset. */
  isEnded = false;
  /** Code of the error that the connection met: a reset is ECONNRESET. */
  error: string | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, Buffer.from(chunk)]);
      socket.emit('change');
    });
    socket.on('end', () => {
      this.isEnded = true;
      socket.emit('change');
    });
    socket.on('error', (error) => {
      this.isEnded = true;
      this.error = 'code' in error ? String(error.code) : error.message;
      socket.emit('change');
    });
  }

  /** Connects to a port of 127.0.0.1 or to a Unix socket. */
  static async connect(to: number | string): Promise<RawClient> {
    const options: NetConnectOpts = typeof to === 'number' ? { port: to, host: '127.0.0.1' } : { path: to };
    const client = new RawClient(connect({ ...options, allowHalfOpen: true, noDelay: true }));
    await once(client.socket, 'connect');
    return client;
  }

  /** Sends bytes; a text one byte a character. */
  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Reads the next answer to a request with this method. Rejects when the connection ends before it is complete. */
  async read(method = 'GET'): Promise<RawAnswer> {
    for (;;) {
      const answer = this.#take(method);
      if (answer !== undefined) return answer;
      if (this.isEnded) throw new Error(`ended (${this.error ?? 'in order'}) after ${JSON.stringify(this.#received.toString('latin1'))}`);
      await once(this.socket, 'change');
    }
  }

  /** Sends a request and reads its answer. */
  async exchange(bytes: string | Buffer, method = 'GET'): Promise<RawAnswer> {
    this.send(bytes);
    return this.read(method);
  }

  /** Resolves when the server has ended the connection, with what came before that and was not read. */
  async ended(): Promise<string> {
    while (!this.isEnded) await once(this.socket, 'change');
    return this.#received.toString('latin1');
  }

  close(): void {
    this.socket.destroy();
  }

  #take(method: string): RawAnswer | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const lines = this.#received.toString('latin1', 0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.slice(1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const status = Number(lines[0]?.split(' ')[1]);
    const length = bodyLength(method, status, headers, this.#received.subarray(end + 4), this.isEnded);
    if (length === undefined || this.#received.length < end + 4 + length) return undefined;
    const body = this.#received.toString('utf8', end + 4, end + 4 + length);
    this.#received = this.#received.subarray(end + 4 + length);
    return { status, head: lines.filter((line) => !line.startsWith('Date: ')).join('\r\n'), headers, body };
  }
}

function bodyLength(method: string, status: number, headers: Record<string, string>, rest: Buffer, isEnded: boolean): number | undefined {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  if (headers['content-length'] !== undefined) return Number(headers['content-length']);
  if (headers['transfer-encoding'] === 'chunked') {
    const end = rest.indexOf('0\r\n\r\n');
    return end === -1 ? undefined : end + 5;
  }
  return isEnded ? rest.length : undefined;
}

/** Sends one request on a connection of its own and reads the answer. */
export async function exchange(to: number | string, bytes: string | Buffer, method = 'GET'): Promise<RawAnswer> {
  const client = await RawClient.connect(to);
  try {
    return await client.exchange(bytes, method);
  } finally {
    client.close();
  }
}

/** A request in HTTP/1.1. */
export function requestOf(method: string, url: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${url} HTTP/1.1`, 'Host: localhost', ...length, ...headers, '', body].join('\r\n');
}
