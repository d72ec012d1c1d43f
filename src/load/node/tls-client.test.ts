import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTestClient, type TestClient } from './client.fixture.ts';
import { okResponse, startRawServer } from './raw-server.fixture.ts';
import { TlsClient } from './tls-client.ts';
import { testCertificate } from './tls.fixture.ts';

beforeAll(() => {
  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, testCertificate.cert]);
  return () => setDefaultCACertificates(trusted);
});

function connectTo(url: string, settings: { readonly timeoutMs?: number; readonly resend?: boolean } = {}): TestClient {
  const made = createTestClient(url, (options) => new TlsClient(options), settings);
  onTestFinished(() => made.client.close());
  return made;
}

test('sends all requests on one connection, and its moments are in order', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse), testCertificate);
  const { request } = connectTo(server.url);
  const exchange = await request();
  const { wantedMs, connectStartMs, connectedMs, tlsStartMs, tlsDoneMs, gotConnectionMs, sentMs, firstByteMs, endMs } = exchange;
  const moments = [wantedMs, connectStartMs, connectedMs, tlsStartMs, tlsDoneMs, gotConnectionMs, sentMs, firstByteMs, endMs];
  expect(exchange.status).toBe(200);
  expect(wantedMs).toBeGreaterThan(0);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(tlsDoneMs).toBeGreaterThan(tlsStartMs);
  expect(await request()).toMatchObject({ status: 200, connectedMs: 0, tlsStartMs: 0, tlsDoneMs: 0 });
  expect(server.connections).toBe(1);
  expect(server.requests[0]).toContain(`\r\nhost: 127.0.0.1:${server.port}\r\n`);
  expect(server.requests[0]).toContain('\r\nuser-agent: pricectl\r\n');
});

test('counts the bytes below TLS', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse), testCertificate);
  const wire = { sent: 0, received: 0 };
  const relay = createServer((near) => {
    const far = connect(server.port, '127.0.0.1');
    near.on('data', (bytes) => (wire.sent += bytes.length)).on('error', () => {}).pipe(far);
    far.on('data', (bytes) => (wire.received += bytes.length)).on('error', () => {}).pipe(near);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void relay.close());
  await once(relay, 'listening');
  const address = relay.address();
  const { request, sent, received } = connectTo(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  for (let number = 0; number < 3; number++) expect((await request()).status).toBe(200);
  expect([sent.count, received.count]).toEqual([wire.sent, wire.received]);
  expect(sent.count).toBeGreaterThan(server.receivedBytes);
});

test('goes by the name that the certificate is for', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse), testCertificate);
  expect((await connectTo(`https://localhost:${server.port}`).request()).status).toBe(200);
});

test('does not trust a stranger', async () => {
  setDefaultCACertificates([]);
  onTestFinished(() => setDefaultCACertificates([testCertificate.cert]));
  const server = await startRawServer(({ socket }) => socket.write(okResponse), testCertificate);
  expect(await connectTo(server.url).request()).toMatchObject({ status: 0, sentMs: 0, failure: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(server.requests).toHaveLength(0);
});

test('opens a new connection after Connection: close', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse.replace('\r\n', '\r\nConnection: close\r\n')), testCertificate);
  const { request } = connectTo(server.url);
  const exchanges = [await request(), await request()];
  expect(exchanges.map(({ status, isResent, tlsDoneMs }) => [status, isResent, tlsDoneMs > 0])).toEqual([[200, false, true], [200, false, true]]);
  expect(server.connections).toBe(2);
});

test('fails a request whose body is cut off, and goes on', async () => {
  const server = await startRawServer(({ socket, number }) => {
    if (number === 2) socket.end(okResponse.slice(0, -1));
    else socket.write(okResponse);
  }, testCertificate);
  const { request } = connectTo(server.url);
  const statuses = [(await request()).status, (await request()).status, (await request()).status];
  expect(statuses).toEqual([200, 0, 200]);
  expect(server.requests).toHaveLength(3);
});

test('fails a request that is never answered when its time is over, not before, and goes on', async () => {
  const server = await startRawServer(({ socket, number }) => {
    if (number !== 2) socket.write(okResponse);
  }, testCertificate);
  const { request } = connectTo(server.url, { timeoutMs: 200 });
  await request();
  const startMs = performance.now();
  expect(await request()).toMatchObject({ status: 0, failure: 'timed out' });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(200);
  expect((await request()).status).toBe(200);
});

test('leaves no connection behind when the time is over before TLS is spoken', async () => {
  const silent = await startRawServer(() => {});
  const { request } = connectTo(silent.url.replace('http:', 'https:'), { timeoutMs: 100 });
  expect(await request()).toMatchObject({ status: 0, failure: 'timed out', sentMs: 0 });
  expect(silent.connections).toBe(1);
  await vi.waitFor(() => expect(silent.openConnections).toBe(0));
});

describe('a re-used connection that ends before the first byte', () => {
  test('has its request sent once more', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 2) socket.end();
      else socket.write(okResponse);
    }, testCertificate);
    const { request } = connectTo(server.url);
    await request();
    expect(await request()).toMatchObject({ status: 200, isResent: true });
    expect(server.requests).toHaveLength(3);
  });

  test('has it sent once more only', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 1) socket.write(okResponse);
      else socket.end();
    }, testCertificate);
    const { request } = connectTo(server.url);
    await request();
    expect(await request()).toMatchObject({ status: 0, isResent: true });
    expect(server.requests).toHaveLength(3);
  });

  test('is no reason when it is the first of its connection', async () => {
    const server = await startRawServer(({ socket }) => socket.end(), testCertificate);
    expect(await connectTo(server.url).request()).toMatchObject({ status: 0, isResent: false });
    expect(server.requests).toHaveLength(1);
  });

  test('fails its request without re-sending', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 2) socket.destroy();
      else socket.write(okResponse);
    }, testCertificate);
    const { request } = connectTo(server.url, { resend: false });
    const exchanges = [await request(), await request(), await request()];
    expect(exchanges.map(({ status, isResent }) => [status, isResent])).toEqual([[200, false], [0, false], [200, false]]);
    expect(server.requests).toHaveLength(3);
  });
});

test('drops its request and connection when it is closed', async () => {
  const server = await startRawServer(() => {}, testCertificate);
  const { request, client } = connectTo(server.url);
  let hasEnded = false;
  void request().then(() => (hasEnded = true));
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  client.close();
  await vi.waitFor(() => expect(server.openConnections).toBe(0));
  expect(hasEnded).toBe(false);
});
