import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { RawClient } from '../../src/server/raw-client.fixture.ts';
import { type Chooser, createChooser, fuzzTimeoutMs, seeds } from './fuzz.ts';
import { type Case, damage, knownPrices, makeCase } from './http-grammar.ts';
import { expectOthersServed, type Held, WatchedServer } from './watched-server.ts';

const requestsPerConnection = 16;

/** Ends a connection that would hang, so that its seed is told. */
const hangMs = 20_000;

const list = [...knownPrices].map(([id, price]) => `${id},${price}\n`).join('');
const answers = new Set(['', ...knownPrices.values()]);

/** Sends bytes in parts. */
async function sendInParts(client: RawClient, bytes: string, { below, chance }: Chooser): Promise<void> {
  let at = 0;
  while (chance(0.3) && at < bytes.length) {
    const size = below(bytes.length - at) + 1;
    client.send(bytes.slice(at, at + size));
    at += size;
    await turn();
  }
  client.send(bytes.slice(at));
}

/** What is wrong with the answers to requests on one connection, the last of them damaged in many cases; undefined when nothing is. */
async function findWrong(port: number, requests: readonly Case[], last: string, choose: Chooser): Promise<string | undefined> {
  const client = await RawClient.connect(port);
  const timer = setTimeout(() => client.socket.destroy(new Error('nothing came any more')), hangMs);
  try {
    await sendInParts(client, requests.map(({ bytes }) => bytes).join(''), choose);
    for (const { method, bytes, status, body } of requests) {
      const answer = await client.read(method);
      const isRight = answer.status === status && (body === undefined || answer.body === body);
      if (!isRight) return `${JSON.stringify(bytes)} got ${answer.status} ${JSON.stringify(answer.body)}, not ${status} ${JSON.stringify(body)}`;
    }
    client.socket.end(Buffer.from(last, 'latin1'));
    return describeWrongEnd(await client.ended(), client, last);
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

/** What comes back on a damaged request: answers of HTTP, prices of the list, an end in order. */
function describeWrongEnd(rest: string, client: RawClient, last: string): string | undefined {
  const about = `${JSON.stringify(last)} got ${JSON.stringify(rest)}, ${client.error ?? 'ended in order'}`;
  if (client.error !== undefined || (rest !== '' && !rest.startsWith('HTTP/1.1 '))) return about;
  for (const [, status, body = ''] of rest.matchAll(/HTTP\/1\.1 (\d+)(?:(?!\r\n\r\n)[\s\S])*Content-Type: text\/plain\r\n(?:(?!\r\n\r\n)[\s\S])*\r\n\r\n([\d.]*)/g)) {
    if (status === '200' && !answers.has(body)) return about;
  }
  return /HTTP\/1\.1 5\d\d/.test(rest) ? about : undefined;
}

/** What a server held when it was warm. */
interface Early {
  readonly requests: number;
  readonly held: Held;
}

/** Memory by request since the server was warm; 0 of a run that is too short to tell. */
async function bytesThatStay(watched: WatchedServer, requests: number, early: Early | undefined): Promise<number> {
  if (early === undefined || requests < 2 * early.requests) return 0;
  return ((await watched.held()).bytes - early.held.bytes) / (requests - early.requests);
}

test('whatever is sent: right answers, a clean end, no memory that stays', { timeout: fuzzTimeoutMs }, async () => {
  await using watched = await WatchedServer.start({ PRICECTL_MAX_CONNECTION_AGE: '0' }, list);
  const counts = { requests: 0, prices: 0, damaged: 0 };
  const wrong: string[] = [];
  let early: Early | undefined;
  const remaining = seeds(requestsPerConnection + 1);
  const work = async () => {
    for (const seed of remaining) {
      const choose = createChooser(seed);
      const requests = choose.some(requestsPerConnection, requestsPerConnection, () => makeCase(choose));
      const last = choose.chance(0.7) ? damage(makeCase(choose).bytes, choose) : '';
      const problem = await findWrong(watched.port, requests, last, choose);
      if (problem !== undefined) wrong.push(`PRICECTL_FUZZ_SEED=${seed} PRICECTL_FUZZ_CASES=1: ${problem}`);
      if (wrong.length > 0) return;
      counts.requests += requests.length + 1;
      counts.prices += requests.filter(({ status }) => status === 200).length;
      if (last !== '') counts.damaged += 1;
      if (counts.requests > 20_000) early ??= { requests: counts.requests, held: await watched.held() };
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  console.log(`${counts.requests} requests: ${counts.prices} of known answers, ${counts.damaged} damaged`);
  expect(wrong).toEqual([]);
  await watched.connections(0);
  expect(await bytesThatStay(watched, counts.requests, early), 'bytes of memory that stay of a request').toBeLessThan(30);
  await expectOthersServed(watched, async () => {});
});
