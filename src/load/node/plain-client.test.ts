import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTestClient, type TestClient } from './client.fixture.ts';
import { PlainClient } from './plain-client.ts';
import { okResponse, type RawServer, startRawServer } from './raw-server.fixture.ts';

function connectTo(url: string, settings: { readonly timeoutMs?: number; readonly resend?: boolean } = {}): TestClient {
  const made = createTestClient(url, (options) => new PlainClient(options, Buffer.alloc(65_536)), settings);
  onTestFinished(() => made.client.close());
  return made;
}

const openConnections = (server: RawServer, count: number): Promise<void> => vi.waitFor(() => expect(server.openConnections).toBe(count));

test('sends all requests on one connection, byte for byte', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse));
  const { request, sent, received } = connectTo(server.url);
  for (let number = 0; number < 3; number++) expect((await request()).status).toBe(200);
  const text = `GET /price?product_id=P124 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUser-Agent: pricectl\r\n\r\n`;
  expect(server.requests).toEqual([text, text, text]);
  expect(server.connections).toBe(1);
  expect(sent.count).toBe(server.receivedBytes);
  expect(received.count).toBe(3 * okResponse.length);
});

test('reaches a host by its name', async () => {
  const server = await startRawServer(({ socket }) => socket.write(okResponse));
  const exchange = await connectTo(`http://localhost:${server.port}`).request();
  expect(exchange.status).toBe(200);
  expect(exchange.connectStartMs).toBeGreaterThan(exchange.wantedMs);
});

describe('moments', () => {
  test('of a first request are in order, and of a second there is no connecting', async () => {
    const server = await startRawServer(({ socket }) => socket.write(okResponse));
    const { request } = connectTo(server.url);
    const first = await request();
    const moments = [first.wantedMs, first.connectStartMs, first.connectedMs, first.gotConnectionMs, first.sendStartMs, first.sentMs, first.firstByteMs, first.endMs];
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect([first.sendStartMs, first.tlsStartMs, first.tlsDoneMs]).toEqual([first.connectedMs, 0, 0]);
    const second = await request();
    expect([second.connectStartMs, second.connectedMs]).toEqual([0, 0]);
    expect([second.gotConnectionMs, second.sendStartMs]).toEqual([second.wantedMs, second.wantedMs]);
  });

  test('hold what the server took for its first byte and for the rest', async () => {
    const server = { askedMs: 0, firstMs: 0, lastMs: 0 };
    const { url } = await startRawServer(({ socket }) => {
      server.askedMs = performance.now();
      setTimeout(() => {
        server.firstMs = performance.now();
        socket.write(okResponse.slice(0, 1));
        setTimeout(() => {
          server.lastMs = performance.now();
          socket.write(okResponse.slice(1));
        }, 20);
      }, 20);
    });
    const exchange = await connectTo(url).request();
    expect(exchange.status).toBe(200);
    expect(exchange.sentMs).toBeLessThanOrEqual(server.askedMs);
    expect(exchange.firstByteMs).toBeGreaterThanOrEqual(server.firstMs);
    expect(exchange.firstByteMs).toBeLessThan(server.lastMs);
    expect(exchange.endMs).toBeGreaterThanOrEqual(server.lastMs);
  });
});

test('reads a response split at any byte', async () => {
  const response = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n';
  const { url } = await startRawServer(({ socket, number }) => {
    socket.write(response.slice(0, number));
    setImmediate(() => socket.write(response.slice(number)));
  });
  const { request } = connectTo(url);
  for (let split = 1; split < response.length; split++) expect((await request()).status).toBe(404);
});

test('opens a new connection after Connection: close', async () => {
  const server = await startRawServer(({ socket, number }) =>
    socket.write(number === 2 ? okResponse.replace('\r\n', '\r\nConnection: close\r\n') : okResponse),
  );
  const { request } = connectTo(server.url);
  const exchanges = [await request(), await request(), await request()];
  expect(exchanges.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(exchanges.map(({ connectedMs }) => connectedMs > 0)).toEqual([true, false, true]);
  expect(exchanges.some(({ isResent }) => isResent)).toBe(false);
  expect(server.connections).toBe(2);
});

test('takes a body that lasts until the connection ends', async () => {
  const server = await startRawServer(({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\n49.5'));
  const { request } = connectTo(server.url);
  expect([(await request()).status, (await request()).status]).toEqual([200, 200]);
  expect(server.connections).toBe(2);
});

describe('fails a request', () => {
  test('that nobody takes', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    closed.close();
    const { request } = connectTo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    const exchange = await request();
    expect([exchange.status, exchange.failure, exchange.sentMs, exchange.gotConnectionMs]).toEqual([0, 'ECONNREFUSED', 0, 0]);
    expect((await request()).failure).toBe('ECONNREFUSED');
  });

  test.each([
    ['a response that is none', 'SSH-2.0-x\r\n', 'malformed response'],
    ['a cut-off body', undefined, 'connection closed by the service'],
  ])('for %s, and goes on with the next', async (_, garbage, failure) => {
    const { url } = await startRawServer(({ socket, number }) => {
      if (number > 1) socket.write(okResponse);
      else if (garbage === undefined) socket.end(okResponse.slice(0, -1));
      else socket.write(garbage);
    });
    const { request } = connectTo(url);
    const exchange = await request();
    expect([exchange.status, exchange.failure]).toEqual([0, failure]);
    expect(exchange.firstByteMs).toBeGreaterThan(0);
    expect((await request()).status).toBe(200);
  });

  test('whose response is reset half-way, on a re-used connection too', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 1) socket.write(okResponse);
      else if (number === 2) socket.write(okResponse.slice(0, 20), () => setImmediate(() => socket.resetAndDestroy()));
      else socket.write(okResponse);
    });
    const { request } = connectTo(server.url);
    const exchanges = [await request(), await request(), await request()];
    expect(exchanges.map(({ status }) => status)).toEqual([200, 0, 200]);
    // Node 22 reports a reset that arrives together with bytes as the end of the connection.
    expect(exchanges[1]?.failure).toMatch(/^(ECONNRESET|connection closed by the service)$/);
    expect(exchanges[1]?.isResent).toBe(false);
    expect(server.requests).toHaveLength(3);
  });

  test('that is never answered when its time is over, not before', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number !== 2) socket.write(okResponse);
    });
    const { request } = connectTo(server.url, { timeoutMs: 50 });
    await request();
    const exchange = await request();
    expect([exchange.status, exchange.failure]).toEqual([0, 'timed out']);
    expect(exchange.endMs - exchange.wantedMs).toBeGreaterThanOrEqual(50);
    expect((await request()).status).toBe(200);
    expect([server.requests.length, server.connections]).toEqual([3, 2]);
  });
});

describe('a re-used connection that ends before the first byte', () => {
  const endings = [
    ['FIN', (server: Parameters<Parameters<typeof startRawServer>[0]>[0]) => void server.socket.end()],
    ['RST', (server: Parameters<Parameters<typeof startRawServer>[0]>[0]) => void server.socket.resetAndDestroy()],
  ] as const;

  test.each(endings)('by %s has its request sent once more', async (_, end) => {
    const server = await startRawServer((request) => {
      if (request.number === 2) end(request);
      else request.socket.write(okResponse);
    });
    const { request, sent } = connectTo(server.url);
    await request();
    const exchange = await request();
    expect([exchange.status, exchange.isResent]).toEqual([200, true]);
    expect([server.requests.length, server.connections]).toEqual([3, 2]);
    expect(sent.count).toBe(server.receivedBytes);
    const { sendStartMs, wantedMs, gotConnectionMs, sentMs, connectedMs } = exchange;
    expect([sendStartMs, wantedMs, gotConnectionMs, sentMs]).toEqual([sendStartMs, wantedMs, gotConnectionMs, sentMs].toSorted((a, b) => a - b));
    expect(sendStartMs).toBeLessThan(wantedMs);
    expect(connectedMs).toBe(0);
  });

  test.each(endings)('by %s fails its request without re-sending', async (_, end) => {
    const server = await startRawServer((request) => {
      if (request.number === 2) end(request);
      else request.socket.write(okResponse);
    });
    const { request } = connectTo(server.url, { resend: false });
    const exchanges = [await request(), await request(), await request()];
    expect(exchanges.map(({ status, isResent }) => [status, isResent])).toEqual([[200, false], [0, false], [200, false]]);
    expect(server.requests).toHaveLength(3);
  });

  test('has it sent once more only', async () => {
    const server = await startRawServer(({ socket, number }) => {
      if (number === 1) socket.write(okResponse);
      else socket.end();
    });
    const { request } = connectTo(server.url);
    await request();
    expect(await request()).toMatchObject({ status: 0, isResent: true, failure: 'connection closed by the service' });
    expect(server.requests).toHaveLength(3);
  });

  test('is no reason when it is the first of its connection', async () => {
    const server = await startRawServer(({ socket }) => socket.end());
    expect(await connectTo(server.url).request()).toMatchObject({ status: 0, isResent: false });
    expect(server.requests).toHaveLength(1);
  });
});

test('notices that an idle connection has ended, and sends nothing twice', async () => {
  const server = await startRawServer(({ socket, number }) => {
    if (number === 1) socket.write(okResponse, () => socket.end());
    else socket.write(okResponse);
  });
  const { request, ends } = connectTo(server.url, { resend: false });
  await request();
  await openConnections(server, 0);
  expect(ends.count).toBe(1);
  expect(await request()).toMatchObject({ status: 200, isResent: false });
});

test('leaves a connection on which something comes unasked', async () => {
  let speakUnasked: (() => void) | undefined;
  const server = await startRawServer(({ socket }) => {
    socket.write(okResponse);
    speakUnasked = () => void socket.write(okResponse);
  });
  const { request, ends } = connectTo(server.url);
  await request();
  speakUnasked?.();
  await openConnections(server, 0);
  expect(ends.count).toBe(1);
  expect((await request()).status).toBe(200);
});

test('drops its request and connection when it is closed', async () => {
  const server = await startRawServer(() => {});
  const { request, client } = connectTo(server.url);
  let hasEnded = false;
  void request().then(() => (hasEnded = true));
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  client.close();
  await openConnections(server, 0);
  expect(hasEnded).toBe(false);
});
