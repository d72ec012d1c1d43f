import { connect } from 'node:net';
import { EnvironmentError, systemCode } from '../../tools/errors.ts';
import { Exchange } from './exchange.ts';
import type { ServiceUrl } from './service-url.ts';
import { connectSecurely } from './tls-connect.ts';

/** Limit of the one attempt; shorter than k6's 30 s for a connection, as somebody is waiting for the load to begin. */
const connectLimitMs = 10_000;

/**
 * Opens one connection, with TLS where that is spoken, and closes it, so that a load test doesn't consist of refused connections.
 * Throws EnvironmentError `PRICECTL_E_UNREACHABLE`, and the signal's reason when that aborts first.
 */
export async function checkReachable(service: ServiceUrl, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(connectLimitMs);
  try {
    await openConnection(service, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    const reason = timeout.aborted ? `no connection within ${connectLimitMs / 1_000} s` : (systemCode(error) ?? String(error));
    throw new EnvironmentError('PRICECTL_E_UNREACHABLE', `nobody answers at ${service.origin}: ${reason}`, {
      hints: ['pricectl status', 'pricectl up'],
      cause: error,
    });
  }
}

async function openConnection(service: ServiceUrl, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = service.isSecure
    ? connectSecurely(service, new Exchange(), (...[error]) => (error === null ? resolve() : reject(error)))
    : connect({ host: service.hostname, port: service.port }, resolve).on('error', reject);
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}
