import { once } from 'node:events';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { beforeAll, expect, test, vi } from 'vitest';
import { Exchange } from './exchange.ts';
import { startRawServer } from './raw-server.fixture.ts';
import { parseServiceUrl } from './service-url.ts';
import { connectSecurely } from './tls-connect.ts';
import { testCertificate } from './tls.fixture.ts';

beforeAll(() => {
  const trusted = getCACertificates();
  setDefaultCACertificates([testCertificate.cert]);
  return () => setDefaultCACertificates(trusted);
});

test('tells of the connection, and not again when that breaks later', async () => {
  const { url } = await startRawServer(() => {}, testCertificate);
  const outcomes: unknown[] = [];
  const socket = connectSecurely(parseServiceUrl(url), new Exchange(), (...outcome) => outcomes.push(outcome[0]));
  await vi.waitFor(() => expect(outcomes).toEqual([null]));
  socket.destroy(new Error('broken'));
  await once(socket, 'close').catch(() => {});
  expect(outcomes).toEqual([null]);
});

test('tells why there is none', async () => {
  const { url } = await startRawServer(() => {}, { ...testCertificate, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
  setDefaultCACertificates([]);
  const outcome = await new Promise((resolve) => {
    connectSecurely(parseServiceUrl(url), new Exchange(), (...[error]) => resolve(error));
  });
  setDefaultCACertificates([testCertificate.cert]);
  expect(outcome).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
