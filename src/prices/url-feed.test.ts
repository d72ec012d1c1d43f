import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { downloadLimits } from './download.ts';
import { createSteppedClock, openFeed } from './feed.fixture.ts';
import { startServer } from './price-server.fixture.ts';
import { activeResources, listOf } from './prices.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

/** Answers with a list and its ETag, or 304 to who has it. */
const listAnswer = (content: string, etag: string) => (response: ServerResponse) => {
  const isKnown = response.req.headers['if-none-match'] === etag;
  response.setHeader('etag', etag).writeHead(isKnown ? 304 : 200).end(isKnown ? '' : content);
};

const statusAnswer = (status: number, headers: Record<string, string> = {}) => (response: ServerResponse) => response.writeHead(status, headers).end();

const sayNothing = () => {};

const cutOffAnswer = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write(listOf(10, 9), () => response.destroy());
};

/** A server whose answers change, and the pauses of a feed that asks it. */
async function startList(first: (response: ServerResponse) => unknown) {
  let answer = first;
  const server = await startServer((_, response) => void answer(response));
  const pauses: number[] = [];
  return {
    source: server.url.href,
    requests: server.requests,
    pauses,
    /** Random numbers are 0.5: pauses between polls are the interval, those after failures three quarters of what they may be. */
    clock: createSteppedClock((ms) => {
      pauses.push(ms);
      return delay(2);
    }),
    become(next: (response: ServerResponse) => unknown) {
      answer = next;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test.each([4, 50_000])('delivers new tables of %d rows, and asks only for what is new', async (rows) => {
  await using list = await startList(listAnswer(listOf(rows, 0), '"0"'));
  await using feed = await openFeed(list.source, list);
  // A large one is asked for again by the thread that builds its table.
  expect(list.requests).toHaveLength(rows === 4 ? 1 : 2);
  expect(feed.table.lookup('P3')).toBe('3.0');
  await until(() => expect(feed.counts.unchanged).toBeGreaterThan(1));
  expect(list.requests.at(-1)?.headers['if-none-match']).toBe('"0"');
  list.become(listAnswer(listOf(rows, 1), '"1"'));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.current().lookup('P3')).toBe('3.1');
  const { unchanged } = feed.counts;
  await until(() => expect(feed.counts.unchanged).toBeGreaterThan(unchanged));
  expect(list.requests.at(-1)?.headers['if-none-match']).toBe('"1"');
  expect([feed.loaded.length, feed.rejected.length]).toEqual([1, 0]);
  await feed[Symbol.asyncDispose]();
  await until(() => expect(activeResources().filter((name) => name !== 'TCPServerWrap')).toEqual([]));
});

test('does not load the same content again, whatever its ETag', async () => {
  await using list = await startList((response) => response.end(listOf(4)));
  await using feed = await openFeed(list.source, list);
  await until(() => expect(feed.counts.unchanged).toBeGreaterThan(2));
  list.become(listAnswer(listOf(4), '"other"'));
  const { unchanged } = feed.counts;
  await until(() => expect(feed.counts.unchanged).toBeGreaterThan(unchanged + 2));
  expect(feed.loaded).toEqual([]);
});

test('keeps its table when the list is bad, and downloads it once', async () => {
  await using list = await startList(listAnswer(listOf(4, 0), '"0"'));
  await using feed = await openFeed(list.source, list);
  list.become(listAnswer('x,abc\n', '"bad"'));
  await until(() => expect(feed.rejected).toHaveLength(1));
  expect(feed.rejected[0]).toMatchObject({ code: 'PRICECTL_E_PRICES_INVALID', line: 1 });
  expect(feed.rejected[0]?.message).not.toContain('secret');
  const { unchanged } = feed.counts;
  await until(() => expect(feed.counts.unchanged).toBeGreaterThan(unchanged + 1));
  expect(feed.rejected).toHaveLength(1);
  list.become(listAnswer(listOf(4, 1), '"1"'));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.current().lookup('P3')).toBe('3.1');
});

test.each<[string, (response: ServerResponse) => unknown, string]>([
  ['sends half a list', cutOffAnswer, 'PRICECTL_E_PRICES_CUT_OFF'],
  ['fails', statusAnswer(500), 'PRICECTL_E_PRICES_STATUS'],
  ['has lost the list', statusAnswer(404), 'PRICECTL_E_PRICES_STATUS'],
  ['sends a web page', statusAnswer(200, { 'content-type': 'text/html' }), 'PRICECTL_E_PRICES_CONTENT'],
  ['resets the connection', (response) => response.socket?.resetAndDestroy(), 'PRICECTL_E_PRICES_UNREACHABLE'],
  ['says nothing', sayNothing, 'PRICECTL_E_PRICES_SLOW'],
])('keeps its table when the server %s, says so once, and asks ever more seldom', async (_, answer, code) => {
  await using list = await startList(listAnswer(listOf(4, 0), '"0"'));
  await using feed = await openFeed(list.source, { clock: list.clock, limits: { ...downloadLimits, idleMs: answer === sayNothing ? 100 : 60_000 } });
  list.become(answer);
  await until(() => expect(feed.rejected).toHaveLength(1));
  const longer = () => list.pauses.filter((ms) => ms !== 1_000);
  await until(() => expect(longer().length).toBeGreaterThanOrEqual(8));
  expect(longer().slice(0, 8)).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]);
  expect(feed.rejected).toEqual([expect.objectContaining({ code })]);
  expect(feed.current().lookup('P3')).toBe('3.0');
  list.become(listAnswer(listOf(4, 1), '"1"'));
  await until(() => expect(feed.loaded).toHaveLength(1));
  expect(feed.current().lookup('P3')).toBe('3.1');
  list.pauses.length = 0;
  list.become(answer);
  await until(() => expect(list.pauses).toContain(750));
});

test('waits as long as the server asks for', async () => {
  await using list = await startList(listAnswer(listOf(4, 0), '"0"'));
  await using feed = await openFeed(list.source, list);
  list.become(statusAnswer(503, { 'retry-after': '77' }));
  await until(() => expect(list.pauses).toContain(77_000));
  expect(feed.rejected).toHaveLength(1);
});

/** Fails so many times, then answers with a list. */
function failing(times: number) {
  let left = times;
  return (response: ServerResponse) => {
    left -= 1;
    if (left < 0) response.end(listOf(4));
    else statusAnswer(503)(response);
  };
}

test('tries the first download three times when the failure may pass', async () => {
  await using list = await startList(failing(2));
  await using feed = await openFeed(list.source, list);
  expect(feed.table.rows).toBe(4);
  expect(list.pauses.slice(0, 2)).toEqual([750, 1_500]);
  await using other = await startList(failing(3));
  await expect(openFeed(other.source, other)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PRICES_STATUS' }));
  expect(other.requests).toHaveLength(3);
});

test('leaves nothing behind that would keep a process', async () => {
  await using list = await startList(listAnswer(listOf(50_000), '"0"'));
  const program = `
    import { openPriceFeed } from ${JSON.stringify(new URL('./feed.ts', import.meta.url).href)};
    const observer = { onLoaded() {}, onRejected() {}, onUnchanged() {} };
    const options = { signal: new AbortController().signal, pollIntervalMs: 3_600_000 };
    const feed = await openPriceFeed(${JSON.stringify(list.source)}, options, observer);
    await feed[Symbol.asyncDispose]();
    console.log(feed.table.lookup('P3'));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
  expect(stdout).toBe('3.0\n');
});

test.each<[string, (response: ServerResponse) => unknown, string]>([
  ['is not there', statusAnswer(404), 'PRICECTL_E_PRICES_STATUS'],
  ['is bad', (response) => response.end('x\n'), 'PRICECTL_E_PRICES_INVALID'],
  ['is a web page', statusAnswer(200, { 'content-type': 'text/html' }), 'PRICECTL_E_PRICES_CONTENT'],
])('does not open when the list %s', async (_, answer, code) => {
  await using list = await startList(answer);
  await expect(openFeed(list.source, list)).rejects.toThrow(expect.objectContaining({ code }));
  expect(list.requests).toHaveLength(1);
});
