import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { Connections } from './connections.ts';
import { withHotRoute } from './hot-route.ts';
import { createMetrics } from './metrics.ts';
import { RawClient } from './raw-client.fixture.ts';
import { RequestCounts } from './request-counts.ts';
import { seedTable, testSettings } from './server.fixture.ts';
import { createServerState } from './state.ts';

/** The application with the hot route in front of it, or alone. */
async function startApp(isHot: boolean) {
  const state = { ...createServerState(), table: seedTable };
  const counts = new RequestCounts();
  const connections = new Connections(testSettings);
  const sources = { state, counts, connections };
  const identity = { version: '1', startedAtMs: 0, source: 'x' };
  const app = createApp({ ...sources, registry: createMetrics(sources), identity, limits: { maxUrlBytes: 300, maxBodyBytes: 100 }, log: () => {} });
  let calls = 0;
  const counting = { ...app, listener: (...args: Parameters<typeof app.listener>) => ((calls += 1), app.listener(...args)) };
  const server = createServer(isHot ? withHotRoute(counting, { maxUrlBytes: 300 }) : counting.listener);
  server.on('connection', (socket) => connections.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    counts,
    connections,
    /** How often the application was asked. */
    get calls() {
      return calls;
    },
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Numbers in 0 .. 1 that are the same each time: mulberry32 (Tommy Ettinger). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Requests to /price and its neighbourhood, many of them odd in some way. */
function createRequests(random: () => number) {
  const pick = (usual: string, odd: readonly string[], oddShare: number): string =>
    random() < oddShare ? (odd[Math.floor(random() * odd.length)] ?? usual) : usual;
  const pieces = ['%50124', '%', '%z', '%C3%BC', '%C0%80', '%00', '+', '&', '=', '&product_id=', '?', '#', '/', '"<>\\^`{|}', '\u00FC', '\u00A0', ';', '__proto__', 'x'.repeat(250)];
  const piece = () => pick('P124', pieces, 0.9);
  const id = () => pick('P124', ['P125', 'NOPE', 'a+b', 'a%2Bb', '%C3%BC%E2%82%AC%F0%9D%84%9E', piece(), piece() + piece(), piece() + piece() + piece()], 0.7);
  const query = () => pick(`?product_id=${id()}`, ['', '?', `?product%5Fid=${id()}`, `?x=${id()}&product_id=${id()}`, `?product_id=${id()}&${id()}=${id()}`, `?${piece()}`], 0.4);
  const path = () => pick('/price', ['/PRICE', '/price/', '/prices', '/%70rice', '//price', 'http://h/price', 'HTTP://u@h:1/price', '/pric', '/', `/price${piece()}`, `/${piece()}`], 0.2);
  const accepts = ['*/*', 'text/plain', 'application/json', 'application/json, text/plain, */*', 'text/plain;q=0.1, application/*', 'image/png', '', 'application/json\r\nAccept: text/plain', 'text/plain;q=x;;,'];
  const accept = () => pick('', accepts.map((value) => `${pick('Accept', ['ACCEPT', 'accept'], 0.2)}: ${value}`), 0.4);
  return () => {
    const method = pick('GET', ['HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'QUERY'], 0.2);
    const body = pick('', ['some body'], 0.2);
    const headers = ['Host: h', accept(), pick('', ['Connection: keep-alive', 'Connection: close', 'X-A: \u00FC'], 0.3), body === '' ? '' : `Content-Length: ${body.length}`];
    const head = [`${method} ${path()}${query()} HTTP/${pick('1.1', ['1.0'], 0.1)}`, ...headers.filter((line) => line !== '')];
    return { method, bytes: `${head.join('\r\n')}\r\n\r\n${body}` };
  };
}

/** What a server does with requests that are sent at once: its answers, and how the connection ended if it did. */
async function answersTo(port: number, requests: readonly { method: string; bytes: string }[]): Promise<string[]> {
  const client = await RawClient.connect(port);
  const answers: string[] = [];
  client.send(requests.map(({ bytes }) => bytes).join(''));
  try {
    for (const { method } of requests) {
      const { head, body } = await client.read(method);
      answers.push(`${head}\n\n${body}`);
    }
  } catch {
    answers.push(`ended: ${client.error ?? 'in order'}`);
  }
  client.close();
  return answers;
}

test.each([1, 2, 3, 4])('answers as the application alone would, to the byte (seed %i)', async (seed) => {
  using hot = await startApp(true);
  using plain = await startApp(false);
  const next = createRequests(randomFrom(seed));
  for (let round = 0; round < 500; round += 1) {
    const request = next();
    expect(await answersTo(hot.port, [request]), request.bytes).toEqual(await answersTo(plain.port, [request]));
  }
  expect(Array.from(hot.counts.all(), (series) => [series.method, series.route, ...series.entries()])).toEqual(
    expect.arrayContaining(Array.from(plain.counts.all(), (series) => [series.method, series.route, ...series.entries()])),
  );
  // The comparison is worth something only if many requests took the short way.
  expect(hot.calls).toBeLessThan(plain.calls * 0.8);
});

test('answers pipelined requests as the application alone would', async () => {
  using hot = await startApp(true);
  using plain = await startApp(false);
  const next = createRequests(randomFrom(5));
  for (let round = 0; round < 200; round += 1) {
    const requests = [next(), next(), next(), next()];
    expect(await answersTo(hot.port, requests), requests.map(({ bytes }) => bytes).join('\n')).toEqual(await answersTo(plain.port, requests));
  }
});

test('ends connections that are due as the application alone would', async () => {
  using hot = await startApp(true);
  using plain = await startApp(false);
  hot.connections.endAfterNextResponse();
  plain.connections.endAfterNextResponse();
  const next = createRequests(randomFrom(6));
  for (let round = 0; round < 200; round += 1) {
    const request = next();
    expect(await answersTo(hot.port, [request]), request.bytes).toEqual(await answersTo(plain.port, [request]));
  }
});

test.each(['', 'Accept: */*\r\n', 'Accept: text/plain\r\n', 'Accept: application/json\r\n'])('answers a price without the application (%j)', async (accept) => {
  using hot = await startApp(true);
  for (const id of ['P124', 'NOPE', '%zz', 'a+b']) {
    await answersTo(hot.port, [{ method: 'GET', bytes: `GET /price?product_id=${id} HTTP/1.1\r\nHost: h\r\n${accept}\r\n` }]);
  }
  expect(hot.calls).toBe(0);
});
