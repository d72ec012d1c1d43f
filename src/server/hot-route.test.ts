import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PriceTable } from '../prices/table.ts';
import { createApp } from './app.ts';
import { Connections } from './connections.ts';
import { createHandlers } from './handlers.ts';
import { withHotRoute } from './hot-route.ts';
import { createHttpServer } from './http-server.ts';
import { createMetrics } from './metrics.ts';
import { createRequests, randomFrom, type RawRequest } from './price-requests.fixture.ts';
import { RawClient } from './raw-client.fixture.ts';
import { RequestCounts } from './request-counts.ts';
import { seedTable, testSettings } from './server.fixture.ts';
import { createServerState } from './state.ts';

const settings = { ...testSettings, maxUrlBytes: 300, maxBodyBytes: 100, maxHeaderBytes: 2_048 };

/** The application with the hot route in front of it, or alone. */
async function startApp(isHot: boolean, table: PriceTable | undefined) {
  const log: string[] = [];
  const state = { ...createServerState(), table };
  const counts = new RequestCounts();
  const connections = new Connections(settings);
  const sources = { state, counts, connections };
  const identity = { version: '1', startedAtMs: 0, source: 'x' };
  // The first line of a bug; the others say who called.
  const routes = { ...sources, log: (text: string) => void log.push(text.split('\n')[0] ?? '') };
  const handlers = createHandlers(state, routes);
  const app = createApp({ ...routes, state, handlers, registry: createMetrics(sources), identity, limits: settings });
  let calls = 0;
  const counting: typeof app = (...args) => ((calls += 1), app(...args));
  const server = createHttpServer(isHot ? withHotRoute(handlers, counting, settings) : counting, settings, counts);
  server.on('connection', (socket) => connections.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    log,
    connections,
    /** Answers by status, of each method and route that has any. */
    counts: () => Object.fromEntries(Array.from(counts.all(), (series) => [`${series.method} ${series.route}`, [...series.entries()]] as const).filter(([, entries]) => entries.length > 0)),
    /** How often the application was asked. */
    calls: () => calls,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The same application twice. */
async function startBoth(table: PriceTable | undefined) {
  const stack = new DisposableStack();
  const hot = stack.use(await startApp(true, table));
  const plain = stack.use(await startApp(false, table));
  return { hot, plain, [Symbol.dispose]: () => stack.dispose() };
}

/** What a server does with requests that are sent at once, or in two parts: its answers, and how the connection ended if it did. */
async function answersTo(port: number, requests: readonly RawRequest[], split?: number): Promise<string[]> {
  const client = await RawClient.connect(port);
  const answers: string[] = [];
  const bytes = requests.map((request) => request.bytes).join('');
  client.send(bytes.slice(0, split));
  if (split !== undefined) {
    await turn();
    client.send(bytes.slice(split));
  }
  try {
    for (const { method } of requests) {
      let answer = await client.read(method);
      for (; answer.status < 200; answer = await client.read(method)) answers.push(answer.head);
      answers.push(`${answer.head}\n\n${answer.body}`);
    }
  } catch {
    answers.push(`ended: ${client.error ?? 'in order'}`);
  }
  client.close();
  return answers;
}

const failing: PriceTable = {
  ...seedTable,
  lookup() {
    throw new Error('the table is broken');
  },
};

/** The seed, and the requests as a text that makes them again. */
function describe(seed: number, requests: readonly RawRequest[]): string {
  return `seed ${seed}: ${JSON.stringify(requests.map(({ bytes }) => bytes))}`;
}

/** Node drops what comes in one packet with a request for an upgrade, behind it; a client that waits for the answer first isn't concerned. */
function upToUpgrade(requests: readonly RawRequest[]): readonly RawRequest[] {
  const upgrade = requests.findIndex(({ bytes }) => bytes.includes('Upgrade: '));
  return upgrade === -1 ? requests : requests.slice(0, upgrade + 1);
}

const cases = [
  { seed: 1, rounds: 1_000, pipelined: 1, state: 'serving', table: seedTable, isEnding: false },
  { seed: 2, rounds: 1_000, pipelined: 1, state: 'serving', table: seedTable, isEnding: false },
  { seed: 3, rounds: 1_000, pipelined: 1, state: 'serving', table: seedTable, isEnding: false },
  { seed: 4, rounds: 600, pipelined: 5, state: 'serving', table: seedTable, isEnding: false },
  { seed: 5, rounds: 300, pipelined: 2, state: 'draining', table: seedTable, isEnding: true },
  { seed: 6, rounds: 300, pipelined: 1, state: 'without prices', table: undefined, isEnding: false },
  { seed: 7, rounds: 300, pipelined: 2, state: 'failing', table: failing, isEnding: false },
] as const;

test.each(cases)('answers as the application alone would, to the byte: $rounds times $pipelined requests, $state (seed $seed)', async ({ seed, rounds, pipelined, table, isEnding }) => {
  using both = await startBoth(table);
  const { hot, plain } = both;
  if (isEnding) for (const { connections } of [hot, plain]) connections.endAfterNextResponse();
  const random = randomFrom(seed);
  const next = createRequests(random);
  for (let round = 0; round < rounds; round += 1) {
    const requests = upToUpgrade(Array.from({ length: pipelined }, next));
    const split = random() < 0.1 ? Math.floor(random() * (requests[0]?.bytes.length ?? 0)) : undefined;
    expect(await answersTo(hot.port, requests, split), describe(seed, requests)).toEqual(await answersTo(plain.port, requests, split));
    expect(hot.log, describe(seed, requests)).toEqual(plain.log);
  }
  expect(hot.counts()).toEqual(plain.counts());
  // The comparison is worth something only if many requests took the short way.
  expect(hot.calls()).toBeLessThan(plain.calls() * 0.7);
});

test.each(['', 'Accept: */*\r\n', 'Accept: text/plain\r\n', 'Accept: application/json\r\n'])('answers a price without the application (%j)', async (accept) => {
  using hot = await startApp(true, seedTable);
  for (const id of ['P124', 'NOPE', '%zz', 'a+b']) {
    await answersTo(hot.port, [{ method: 'GET', bytes: `GET /price?product_id=${id} HTTP/1.1\r\nHost: h\r\n${accept}\r\n` }]);
  }
  expect(hot.calls()).toBe(0);
});

const probes = ['GET', 'HEAD', 'POST', 'OPTIONS', 'BREW'].flatMap((method) =>
  ['/livez', '/readyz', '/readyz?x=1', '/readyz/', '/Readyz', '//readyz', '/livez%20', 'http://h/readyz', '/%72eadyz'].flatMap((url) =>
    ['HTTP/1.1\r\nHost: h', 'HTTP/1.0', 'HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\nConnection: close', 'HTTP/1.1\r\nHost: h\r\nContent-Length: 2'].map(
      (head): RawRequest => ({ method, bytes: `${method} ${url} ${head}\r\n\r\n${head.includes('Length') ? 'ab' : ''}` }),
    ),
  ),
);

test.each([seedTable, undefined])('answers probes as the application alone would, and the plain ones without it', async (table) => {
  using both = await startBoth(table);
  const { hot, plain } = both;
  for (const { connections } of [hot, plain]) connections.endAfterNextResponse();
  for (const request of probes) expect(await answersTo(hot.port, [request]), request.bytes).toEqual(await answersTo(plain.port, [request]));
  expect(hot.counts()).toEqual(plain.counts());
  expect(plain.calls() - hot.calls()).toBe(8);
});
