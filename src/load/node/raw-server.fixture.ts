import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** One request as it came, and the connection to answer it on, or not. */
export interface RawRequest {
  /** Number of the request, from 1, over all connections. */
  readonly number: number;
  /** Number of the request on its connection, from 1. */
  readonly onConnection: number;
  readonly text: string;
  readonly socket: Socket;
}

/** A server that speaks bytes, so that a test decides on each of them. */
export interface RawServer {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly string[];
  /** Connections that were made, and how many of them are open. */
  readonly connections: number;
  readonly openConnections: number;
  /** Bytes of application data. */
  readonly receivedBytes: number;
}

/** `200` with a body of four bytes. */
export const okResponse = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n49.5';

/** Starts a server on a free loopback port that ends with the test. */
export async function startRawServer(answer: (request: RawRequest) => void, tls?: TlsOptions): Promise<RawServer> {
  const state = { requests: [] as string[], connections: 0, receivedBytes: 0 };
  const open = new Set<Socket>();
  const onConnection = (socket: Socket): void => {
    state.connections++;
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    let onThis = 0;
    let pending = '';
    socket.on('data', (bytes) => {
      state.receivedBytes += bytes.length;
      pending += bytes.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const text = pending.slice(0, end + 4);
        pending = pending.slice(end + 4);
        state.requests.push(text);
        answer({ number: state.requests.length, onConnection: ++onThis, text, socket });
      }
    });
  };
  const server: Server = tls === undefined ? createServer({ noDelay: true }, onConnection) : createTlsServer(tls, onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get requests() {
      return state.requests;
    },
    get connections() {
      return state.connections;
    },
    get openConnections() {
      return open.size;
    },
    get receivedBytes() {
      return state.receivedBytes;
    },
  };
}
