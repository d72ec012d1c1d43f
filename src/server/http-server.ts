import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { systemCode } from '../tools/errors.ts';
import type { RequestCounts } from './request-counts.ts';
import type { ServerSettings } from './settings.ts';

/** Limits of an HTTP server on its clients. */
export type HttpLimits = Pick<ServerSettings, 'maxHeaderBytes' | 'headersTimeoutMs' | 'requestTimeoutMs' | 'sendTimeoutMs' | 'keepAliveTimeoutMs' | 'maxBodyBytes'>;

/** How long a client whose request was refused may go on sending before its connection is cut. */
const lingerMs = 1_000;

/** Creates an HTTP server that keeps to the limits, also for connections that are given to it by its event `connection`. */
export function createHttpServer(listener: RequestListener, limits: HttpLimits, counts: RequestCounts): Server {
  const checkEveryMs = Math.ceil(Math.min(limits.headersTimeoutMs / 4, 5_000));
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      // Spares a GET the life cycle of a stream for the body that it doesn't have. Node before 24.12 ignores it.
      optimizeEmptyRequests: true,
    },
    listener,
  );
  // Node's one time-out for silence in either direction: while a request is being sent, 408 has to come before it.
  server.timeout = Math.max(limits.sendTimeoutMs, limits.requestTimeoutMs + 2 * checkEveryMs);
  const series = (method: string | undefined) => counts.series(method ?? 'unknown', 'other');
  server.on('clientError', (error, socket) => {
    const status = refusals[systemCode(error) ?? ''] ?? 400;
    if (refuse(socket, status)) series(undefined).count(status);
  });
  server.on('connect', (request, socket) => {
    if (refuse(socket, 405, 'Allow: GET, HEAD, POST\r\n')) series(request.method).count(405);
  });
  server.on('checkContinue', (request, response) => {
    // A body that is too large is refused before it is sent.
    if (Number(request.headers['content-length'] ?? 0) <= limits.maxBodyBytes) response.writeContinue();
    server.emit('request', request, response);
  });
  // Starts Node's check of the two time-outs, which otherwise begins when the http.Server listens; ours get connections from elsewhere.
  server.emit('listening');
  return server;
}

/** Status of what Node's parser and time-outs report. */
const refusals: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers a connection on which no request can be read any more, and closes it; false when there is nobody to answer. What the client
 * still sends is read for a second: closing with unread bytes would reset the connection and could destroy the answer.
 */
function refuse(socket: Duplex, status: number, headers = ''): boolean {
  if (!socket.writable || socket.destroyed) {
    if (!socket.writableEnded) socket.destroy();
    return false;
  }
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`);
  socket.on('error', () => socket.destroy());
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.on('close', () => clearTimeout(timer));
  return true;
}
