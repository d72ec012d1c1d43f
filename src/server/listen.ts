import { rmSync } from 'node:fs';
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { EnvironmentError, type ErrorCode, systemCode } from '../tools/errors.ts';

/** A server that accepts connections. */
export interface Listener {
  /** The URL that it answers on, or the socket's path. */
  readonly address: string;
  /** Stops accepting. */
  close(): void;
}

/**
 * Listens on a TCP port and gives each accepted connection to `accept`. Closing leaves connections alone, unlike http.Server's `close`, which
 * ends idle ones. Throws EnvironmentError: `PRICECTL_E_PORT_TAKEN`, `PRICECTL_E_PORT_REFUSED`, `PRICECTL_E_HOST`, `PRICECTL_E_LISTEN`.
 */
export async function listenOnPort(host: string, port: number, accept: (socket: Socket) => void): Promise<Listener> {
  // The options are those of http.Server.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  const name = host.includes(':') ? `[${host}]` : host;
  await startListening(server, { host, port, exclusive: true }, `${name}:${port}`);
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return { address: `http://${name}:${actualPort}`, close: () => void server.close() };
}

/** Most bytes of a Unix socket's path: macOS has room for 104 with the final NUL, Linux for 108. Older libuv cuts a longer path silently. */
const maxPathBytes = 103;

/**
 * Makes an HTTP server listen on a Unix socket that only its owner can use. A file that is already there is left alone. Closing ends the
 * connections too. Throws EnvironmentError as `listenOnPort` does.
 */
export async function listenOnSocket(path: string, server: HttpServer): Promise<Listener> {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new EnvironmentError('PRICECTL_E_LISTEN', `can't listen on ${path}: the path is longer than ${maxPathBytes} bytes`);
  }
  // The socket is bound, and gets its permissions, before `listen` returns.
  const umask = process.umask(0o177);
  const listening = startListening(server, { path, exclusive: true }, path);
  process.umask(umask);
  await listening;
  // Node removes the file when the server is closed, but not when the process is made to exit.
  const remove = () => rmSync(path, { force: true });
  process.once('exit', remove);
  return {
    address: path,
    close() {
      process.off('exit', remove);
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startListening(server: Server, options: ListenOptions, address: string): Promise<void> {
  try {
    server.listen(options);
    await once(server, 'listening');
  } catch (error) {
    throw asListenError(error, address);
  }
  // Accepting can fail later too, when there is no file descriptor left: the connection is lost, the server goes on.
  server.on('error', () => {});
}

/** What each code of a failed `listen` means; any other keeps its code in the message. */
const listenErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EADDRINUSE: ['PRICECTL_E_PORT_TAKEN', 'it is taken'],
  EACCES: ['PRICECTL_E_PORT_REFUSED', 'permission denied'],
  EADDRNOTAVAIL: ['PRICECTL_E_HOST', 'this machine has no such address'],
  ENOTFOUND: ['PRICECTL_E_HOST', 'there is no such host'],
  EAI_AGAIN: ['PRICECTL_E_HOST', 'the name of the host could not be resolved'],
  ENOSPC: ['PRICECTL_E_LISTEN', 'no space left on the disk'],
};

function asListenError(error: unknown, address: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const [ownCode, reason] = listenErrors[code] ?? ['PRICECTL_E_LISTEN', code];
  return new EnvironmentError(ownCode, `can't listen on ${address}: ${reason}`, { cause: error });
}
