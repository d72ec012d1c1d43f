import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { openPriceFeed } from '../prices/feed.ts';
import type { PriceFeedObserver } from '../prices/follow.ts';
import type { PriceTable } from '../prices/table.ts';
import { EnvironmentError, NegativeError } from '../tools/errors.ts';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { serve } from './serve.ts';
import { seedTable, testSettings, until } from './server.fixture.ts';
import type { ServerSettings } from './settings.ts';

const price = requestOf('GET', '/price?product_id=P124');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-serve-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A feed whose first table and changes come from the test. */
class ScriptedFeed {
  readonly first = Promise.withResolvers<PriceTable>();
  observer: PriceFeedObserver | undefined;
  isOpen = false;

  pollIntervalMs: number | undefined;

  readonly open: typeof openPriceFeed = async (_source, { signal, pollIntervalMs }, observer) => {
    this.pollIntervalMs = pollIntervalMs;
    this.observer = observer;
    signal.addEventListener('abort', () => this.first.reject(signal.reason));
    const table = await this.first.promise;
    this.isOpen = true;
    return { table, [Symbol.asyncDispose]: async () => void (this.isOpen = false) };
  };
}

/** Runs `serve` on a free port, with prices or without. */
async function start(given: Partial<ServerSettings> = {}, table: PriceTable | null = seedTable) {
  const feed = new ScriptedFeed();
  const controller = new AbortController();
  const log: string[] = [];
  const done = serve({ ...testSettings, drainQuietMs: 20, ...given }, { signal: controller.signal, log: (text) => log.push(text), version: '1.2.3', openFeed: feed.open });
  const ended = done.then(() => log.push('ended'), () => log.push('failed'));
  if (table !== null) feed.first.resolve(table);
  await until(() => log.length > (table === null ? 0 : 1));
  return { done, ended, feed, log, port: Number(/127\.0\.0\.1:(\d+)/.exec(log[0] ?? '')?.[1]), drain: () => controller.abort() };
}

test('listens before it has prices, and is ready when it has', async () => {
  const { done, feed, log, port, drain } = await start({ prices: '/some/where/list.txt' }, null);
  expect(log).toEqual([`pricectl 1.2.3 serves list.txt on http://127.0.0.1:${port}, process ${process.pid}`]);
  expect(await exchange(port, requestOf('GET', '/livez'))).toMatchObject({ status: 200 });
  expect(await exchange(port, requestOf('GET', '/readyz'))).toMatchObject({ status: 503 });
  feed.first.resolve(seedTable);
  await until(async () => (await exchange(port, requestOf('GET', '/readyz'))).status === 200);
  expect(log[1]).toBe(`ready: ${seedTable.rows} prices, ${seedTable.bytes} bytes, sha256 ${seedTable.sha256}`);
  drain();
  await done;
  expect(feed.isOpen).toBe(false);
});

test('takes what the feed brings, and logs it', async () => {
  const { done, feed, log, port, drain } = await start();
  feed.observer?.onUnchanged();
  feed.observer?.onRejected(new Error('prices: line 3: price "abc" is not a number'));
  expect((await exchange(port, price)).body).toBe('49.5');
  feed.observer?.onLoaded({ ...seedTable, sha256: 'new', lookup: () => '50' });
  expect((await exchange(port, price)).body).toBe('50');
  expect(log.slice(2)).toEqual([
    'rejected new prices, the old ones stay: prices: line 3: price "abc" is not a number',
    `reloaded: ${seedTable.rows} prices, ${seedTable.bytes} bytes, sha256 new`,
  ]);
  const { body } = await exchange(port, requestOf('GET', '/metrics'));
  for (const outcome of ['loaded', 'rejected', 'unchanged']) expect(body).toContain(`price_reloads_total{outcome="${outcome}"} 1\n`);
  drain();
  await done;
});

test.each([new NegativeError('PRICECTL_E_PRICES_INVALID', 'line 3'), new EnvironmentError('PRICECTL_E_PRICES_UNREADABLE', 'gone')])(
  'ends with the error of its first prices: %s',
  async (error) => {
    const { done, ended, feed, port } = await start({}, null);
    feed.first.reject(error);
    await ended;
    await expect(done).rejects.toBe(error);
    await expect(RawClient.connect(port)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
  },
);

test('tells nobody the folders of prices that it rejects, even where one looks like a secret', async () => {
  const prices = '/some/token=where/list.txt';
  const { done, feed, port, drain } = await start({ prices });
  feed.observer?.onRejected(new NegativeError('PRICECTL_E_X', `${prices} is empty`));
  expect(JSON.parse((await exchange(port, requestOf('GET', '/version'))).body)).toMatchObject({ rejection: 'list.txt is empty' });
  drain();
  await done;
});

test('ends in order when it is told to before it has prices', async () => {
  const { done, port, drain } = await start({}, null);
  drain();
  await done;
  await expect(RawClient.connect(port)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
});

test.each([
  [{}, 1_000],
  [{ prices: 'https://example.com/p' }, 30_000],
  [{ prices: 'https://example.com/p', pollIntervalMs: 70 }, 70],
])('looks for changes as often as %j asks', async (given, pollIntervalMs) => {
  const { done, feed, drain } = await start(given);
  expect(feed.pollIntervalMs).toBe(pollIntervalMs);
  drain();
  await done;
});

test('says what is wrong with its settings before it listens', async () => {
  const feed = new ScriptedFeed();
  const options = { signal: new AbortController().signal, log: () => {}, version: '1', openFeed: feed.open };
  await expect(serve({ ...testSettings, port: -1 }, options)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_SERVER_SETTINGS' }));
  expect(feed.observer).toBeUndefined();
});

test('closes its port again when it cannot have its socket', async () => {
  const { done, port, drain } = await start({ socket: join(folder, 's') });
  const feed = new ScriptedFeed();
  const log: string[] = [];
  const second = serve(
    { ...testSettings, socket: join(folder, 's') },
    { signal: new AbortController().signal, log: (text) => log.push(text), version: '1', openFeed: feed.open },
  );
  await expect(second).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PORT_TAKEN' }));
  expect(log).toEqual([]);
  expect(await exchange(port, price)).toMatchObject({ status: 200 });
  drain();
  await done;
});

test('answers on its socket too, where connections are not clients', async () => {
  const path = join(folder, 's');
  const { done, log, drain } = await start({ socket: path, maxConnections: 1, maxConnectionAgeMs: 1 });
  expect(log[0]).toContain(` and ${path}, process `);
  const clients = [await RawClient.connect(path), await RawClient.connect(path)];
  for (const client of clients) {
    for (const url of ['/readyz', '/version', '/price?product_id=P124']) {
      expect(await client.exchange(requestOf('GET', url))).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } });
    }
    expect((await client.exchange(requestOf('GET', '/metrics'))).body).toContain('\nhttp_connections 0\n');
  }
  const slow = await RawClient.connect(path);
  slow.send('GET /re');
  drain();
  // Nobody waits for them.
  await done;
  await slow.ended();
  expect(log.at(-2)).toBe('drained: every client has left');
  await expect(stat(path)).rejects.toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

test('drains: is not ready, and ends each connection with its next answer', async () => {
  const { done, log, port, drain } = await start();
  const [busy, idle] = [await RawClient.connect(port), await RawClient.connect(port)];
  expect(await busy.exchange(price)).toMatchObject({ headers: { connection: 'keep-alive' } });
  drain();
  const late = await RawClient.connect(port);
  expect(await late.exchange(requestOf('GET', '/readyz'))).toMatchObject({ status: 503, headers: { connection: 'close' } });
  expect(await busy.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  await busy.ended();
  expect(idle.isEnded).toBe(false);
  expect(log).not.toContain('ended');
  expect(await idle.exchange(requestOf('GET', '/nowhere'))).toMatchObject({ status: 404, headers: { connection: 'close' } });
  await idle.ended();
  await done;
  expect([busy.error, idle.error, late.error]).toEqual([undefined, undefined, undefined]);
  expect(log.slice(-3)).toEqual(['draining: 2 connections, 15000 ms at most', 'drained: every client has left', 'ended']);
  await expect(RawClient.connect(port)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }));
});

test('closes connections that idle through the whole drain at its deadline, in order', async () => {
  const { done, log, port, drain } = await start({ drainDeadlineMs: 200 });
  const idle = await RawClient.connect(port);
  await idle.exchange(price);
  const started = performance.now();
  drain();
  expect(await idle.ended()).toBe('');
  expect(performance.now() - started).toBeGreaterThan(190);
  expect(idle.error).toBeUndefined();
  idle.close();
  await done;
  expect(log.slice(-2)).toEqual(['drained: the deadline closed the connections that were left', 'ended']);
});

test('ends at its deadline although clients keep coming', async () => {
  const { ended, log, port, drain } = await start({ drainDeadlineMs: 150 });
  drain();
  while (log.at(-1) !== 'ended') await exchange(port, price).catch(() => {});
  await ended;
  expect(log).toContain('draining: 0 connections, 150 ms at most');
});
