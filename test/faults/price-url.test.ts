import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { test } from 'vitest';
import { startServer } from '../../src/prices/price-server.fixture.ts';
import { ServerProcess } from '../../src/server/server-process.fixture.ts';
import { freePort } from '../cli/sandbox.ts';
import { listOfVersion, ListClients } from './price-lists.ts';

/** Answers with a list, well or badly. */
type Answer = (response: ServerResponse, list: string) => void;

/** Answers well: with the list and its ETag, or with 304 to who has it. */
const well: Answer = (response, list) => {
  const etag = `"${list.slice(0, list.indexOf('\n'))}"`;
  const isKnown = response.req.headers['if-none-match'] === etag;
  response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : list);
};

/** Writes a piece of the list each 100 ms, all of it within `ms`. */
function trickle(response: ServerResponse, list: string, ms: number): void {
  const size = Math.ceil(list.length / (ms / 100));
  let sent = 0;
  const timer = setInterval(() => {
    response.write(list.slice(sent, sent + size));
    sent += size;
    if (sent >= list.length) response.end();
    if (sent >= list.length || response.destroyed) clearInterval(timer);
  }, 100);
}

function* forEver(list: string): Generator<string> {
  for (;;) yield list;
}

/** Sends bytes that Node's server would not. */
const sayRaw = (response: ServerResponse, bytes: string) => void response.socket?.end(bytes);

const half = (list: string) => list.slice(0, list.indexOf('\n', list.length / 2) + 1);
const zeros = gzipSync(Buffer.alloc(16_777_216));

/** Bad answers, and what the server's log must say of them. */
type Faults = Readonly<Record<string, readonly [answer: Answer, says: RegExp]>>;

const nowhere = `http://127.0.0.1:${await freePort()}/prices.txt`;

const withoutList: Faults = {
  silent: [() => {}, /is silent for 0.7 s/],
  'of no length': [(response, list) => sayRaw(response, `HTTP/1.1 200 OK\r\n\r\n${list}`), /does not say how long it is/],
  reset: [(response) => response.socket?.resetAndDestroy(), /connection was reset/],
  'no HTTP': [(response, list) => sayRaw(response, list), /can't download/],
  'status 404': [(response, list) => void response.writeHead(404).end(list), /status 404/],
  'status 500': [(response, list) => void response.writeHead(500).end(list), /status 500/],
  'status 206': [(response, list) => void response.writeHead(206).end(half(list)), /status 206/],
  'redirected to itself': [(response) => void response.writeHead(302, { location: '' }).end(), /more than 5 redirects/],
  'redirected to nowhere': [(response) => void response.writeHead(302, { location: nowhere }).end(), /nobody listens there/],
  'a web page': [(response, list) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(list), /a web page, not a price list/],
  'a web page that says it is text': [(response) => void response.end('<!doctype html>\n<title>Sign in</title>\n'), /line 1/],
};

const withPartOfList: Faults = {
  'too slow': [(response, list) => trickle(response.writeHead(200, { 'content-length': list.length }), list, 60_000), /is not complete after 2.5 s/],
  'silent in the middle': [(response, list) => void response.writeHead(200, { 'content-length': list.length }).write(half(list)), /is silent for 0.7 s/],
  'cut off': [(response, list) => void response.writeHead(200, { 'content-length': list.length }).write(half(list), () => response.destroy()), /cut off or damaged/],
  'cut off between chunks': [(response, list) => void response.writeHead(200).write(half(list), () => response.destroy()), /cut off or damaged/],
  'shorter than its length': [(response, list) => sayRaw(response, `HTTP/1.1 200 OK\r\nContent-Length: ${list.length + 1}\r\n\r\n${list}`), /cut off or damaged/],
  'longer than its length': [(response, list) => sayRaw(response, `HTTP/1.1 200 OK\r\nContent-Length: ${half(list).length}\r\n\r\n${list}`), /cut off or damaged/],
};

const withBadList: Faults = {
  endless: [(response, list) => void Readable.from(forEver(list)).pipe(response.writeHead(200)), /larger than 4 GiB/],
  'a bomb': [(response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(zeros), /larger than 4 GiB/],
  'gzip that is cut off': [(response, list) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(list).subarray(0, -20)), /cut off or damaged/],
  'a gzip file that is cut off': [(response, list) => void response.end(gzipSync(list).subarray(0, -20)), /its gzip data is cut off/],
  'bad in its last line': [(response, list) => void response.end(`${list}P1\n`), /line \d+/],
};

/** Ways in which a good list comes that are good enough. */
const goodWays: readonly Answer[] = [
  well,
  (response, list) => trickle(response.writeHead(200, { 'content-length': list.length }), list, 600),
  (response, list) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(list)),
  (response, list) => void response.end(gzipSync(list)),
  (response, list) => {
    if (response.req.url?.includes('moved')) well(response, list);
    else response.writeHead(307, { location: '/moved' }).end();
  },
];

// Servers at once, for each waits most of the time. The thread that builds a large list asks for it again.
test.concurrent.for([
  ['no list', withoutList, 0],
  ['a part of a small list', withPartOfList, 0],
  ['a part of a large list', withPartOfList, 6_000],
  ['a bad small list', withBadList, 0],
  ['a bad large list', withBadList, 6_000],
] as const)('when a price URL answers with %s, a server serves the last good one, and takes the next', async ([, faults, rows], { expect }) => {
  let answer: (response: ServerResponse) => void = (response) => well(response, listOfVersion(1, rows));
  await using list = await startServer((_, response) => answer(response));
  await using server = await ServerProcess.start({ PRICECTL_PRICES: list.url.href, PRICECTL_POLL_INTERVAL: '100ms', PRICECTL_MAX_CONNECTION_AGE: '1s' }, 'impatient');
  const clients = new ListClients(() => server.port, 3);
  clients.allow(1);
  const answered = async (version: number, more: number) => {
    const count = () => clients.answers.get(String(version)) ?? 0;
    const goal = count() + more;
    await expect.poll(count, { timeout: 30_000, interval: 10 }).toBeGreaterThan(goal);
  };
  let version = 1;
  for (const [name, [fault, says]] of Object.entries(faults)) {
    const before = server.lines.length;
    // Prices that are good for nothing: not one of them may be answered.
    const bad = listOfVersion(version + 1_000, rows);
    answer = (response) => fault(response, bad);
    const rejections = () => server.lines.slice(before).filter((line) => line.includes('rejected new prices')).join('\n');
    await expect.poll(rejections, { timeout: 30_000, interval: 10, message: name }).toMatch(says);
    await answered(version, 20);
    version += 1;
    clients.allow(version);
    const way = goodWays[version % goodWays.length] ?? well;
    const good = listOfVersion(version, rows);
    answer = (response) => way(response, good);
    await answered(version, 20);
  }
  answer = (response) => well(response, listOfVersion(version, rows));
  const asked = list.requests.length;
  await expect.poll(() => list.requests.length, { timeout: 30_000 }).toBeGreaterThan(asked + 3);
  await answered(version, 20);
  await clients.stop();
  expect(clients.failures).toEqual([]);
  expect(server.errors).toEqual([]);
  expect(server.child.exitCode).toBeNull();
});
