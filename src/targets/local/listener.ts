import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { EnvironmentError, systemCode } from '../../tools/errors.ts';

/** A listening loopback port. */
export interface Listener {
  readonly port: number;
  /** Stops listening at once; connections stay. */
  close(): void;
}

/** Connections that the kernel keeps while this process is busy; it cuts the number to its own limit. */
const backlog = 4_096;

/**
 * Listens on 127.0.0.1; port 0 takes a free one. Connections come paused: nothing is read from them here.
 * Throws EnvironmentError `PRICECTL_E_PORT_TAKEN` when somebody else listens there, `PRICECTL_E_PORT_REFUSED` when the system forbids the port.
 */
export async function listen(port: number, onConnection: (connection: Socket) => void): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, onConnection);
  try {
    server.listen({ port, host: '127.0.0.1', backlog, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw asPortError(error, port);
  }
  // Accepting can fail later too, when there is no file descriptor left: the connection is lost, the service goes on.
  server.on('error', () => {});
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, close: () => void server.close() };
}

function asPortError(error: unknown, port: number): unknown {
  const code = systemCode(error);
  if (code === 'EADDRINUSE') return new EnvironmentError('PRICECTL_E_PORT_TAKEN', `port ${port} is taken`, { cause: error });
  if (code === 'EACCES') return new EnvironmentError('PRICECTL_E_PORT_REFUSED', `this user may not listen on port ${port}`, { cause: error });
  return error;
}
