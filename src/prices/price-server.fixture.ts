import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type Socket } from 'node:net';

/** A server on a free loopback port. */
export interface PriceServer extends AsyncDisposable {
  readonly url: URL;
  /** The requests so far. */
  readonly requests: IncomingMessage[];
}

/** Starts an HTTP server that answers as told. */
export async function startServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<PriceServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server.address()),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Starts a server that answers what looks like a request with these bytes, and then does with the connection what it is told. */
export async function startRawServer(answer: string, then: (socket: Socket) => void): Promise<PriceServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(answer);
      then(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server.address()),
    requests: [],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function urlOf(address: string | { readonly port: number } | null): URL {
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  return new URL(`http://user:secret@127.0.0.1:${address.port}/prices.txt?token=secret`);
}
