import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Exchange } from './exchange.ts';
import type { ServiceUrl } from './service-url.ts';

/** Gets the connection, or why there is none. */
export type ConnectCallback = (...outcome: [error: null, secured: TLSSocket] | [error: Error, secured: null]) => void;

/**
 * Opens a connection for HTTP/1.1 over TLS and tells an exchange when it got how far. Returns the TCP socket below, whose bytes are
 * those that go over the wire (a TLSSocket counts what is inside). Destroying it ends both, and `callback` may then never be called.
 */
export function connectSecurely(service: ServiceUrl, exchange: Exchange, callback: ConnectCallback): Socket {
  const socket = connectTcp({ host: service.hostname, port: service.port, noDelay: true });
  let isSettled = false;
  const settle: ConnectCallback = (...outcome) => {
    if (!isSettled) callback(...outcome);
    isSettled = true;
  };
  exchange.connecting(performance.now());
  socket.once('lookup', () => exchange.connecting(performance.now()));
  socket.on('error', (error) => settle(error, null));
  socket.once('connect', () => {
    const nowMs = performance.now();
    exchange.connected(nowMs);
    exchange.securing(nowMs);
    const secured = connectTls({ socket, host: service.hostname, servername: serverName(service), ALPNProtocols: ['http/1.1'] });
    secured.on('error', (error) => settle(error, null));
    secured.once('secureConnect', () => {
      exchange.secured(performance.now());
      settle(null, secured);
    });
  });
  return socket;
}

/** Server name indication takes names only (RFC 6066, section 3). */
function serverName({ hostname }: ServiceUrl): string {
  return isIP(hostname) === 0 ? hostname : '';
}
