import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { exchange, RawClient, requestOf } from '../../src/server/raw-client.fixture.ts';
import { until } from '../../src/server/server.fixture.ts';
import { expectNothingStays, expectOthersServed, WatchedServer } from './watched-server.ts';

const run = promisify(execFile);

/** Less than Node's own limit of a minute for a head: without ours a test must not pass for that one. */
const timeout = 45_000;

const price = requestOf('GET', '/price?product_id=P124');
const head = 'GET /price?product_id=P124 HTTP/1.1\r\nHost: h\r\nX: ';
const post = 'POST /prices HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n';

/** Connects so many clients, few at a time: the queue of a listening socket is short. */
async function connectAll(port: number, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    clients.push(...(await Promise.all(Array.from({ length: Math.min(100, count - clients.length) }, () => RawClient.connect(port)))));
  }
  return clients;
}

/** 10,000, or fewer where this process and the server may not have so many descriptors; the rest is for what they have open beside that. */
function mostConnections(): number {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  return Math.min(10_000, Number.isNaN(limit) ? 10_000 : limit - 200);
}

test('10,000 idle connections cost others nothing, and nothing of them stays', async () => {
  const count = mostConnections();
  if (count < 10_000) console.log(`only ${count} connections: raise the limit of open files (ulimit -n) for 10,000`);
  await using watched = await WatchedServer.start({ PRICECTL_MAX_CONNECTIONS: '10100', PRICECTL_MAX_CONNECTION_AGE: '0' });
  await expectOthersServed(watched, async () => {
    const clients = await connectAll(watched.port, count);
    await watched.connections(count + 4);
    // Half of them have been asking, the other half never did.
    const asking = clients.slice(0, count / 2);
    for (const client of asking) client.send(price);
    const answers = await Promise.all(asking.map((client) => client.read()));
    expect(answers.filter(({ body }) => body !== '49.5')).toEqual([]);
    expect(clients.filter(({ isEnded }) => isEnded)).toEqual([]);
    for (const client of clients) client.close();
    await watched.connections(4);
  });
  await expectNothingStays(watched, 1, 500, async () => {
    const clients = await connectAll(watched.port, 500);
    for (const client of clients) client.close();
  });
});

test('who takes all connections and says nothing loses them in time, and others get theirs', { timeout }, async () => {
  await using watched = await WatchedServer.start({ PRICECTL_MAX_CONNECTIONS: '100', PRICECTL_HEADERS_TIMEOUT: '500ms', PRICECTL_REQUEST_TIMEOUT: '1h' });
  const silent = await connectAll(watched.port, 100);
  const next = await RawClient.connect(watched.port);
  expect(await next.ended()).toBe('');
  next.close();
  await Promise.all(silent.map((client) => client.ended()));
  for (const client of silent) client.close();
  await watched.connections(0);
  await expectOthersServed(watched, async () => {});
});

test.each([
  ['heads', head, 'GET', '1h'],
  ['bodies', post, 'POST', '500ms'],
])('clients that send %s byte by byte are ended in time with 408', { timeout }, async (_, start, method, requestTimeout) => {
  await using watched = await WatchedServer.start({ PRICECTL_HEADERS_TIMEOUT: '500ms', PRICECTL_REQUEST_TIMEOUT: requestTimeout });
  await expectOthersServed(watched, async () => {
    const clients = await connectAll(watched.port, 300);
    for (const client of clients) client.send(start);
    const sending = setInterval(() => {
      for (const client of clients) if (!client.isEnded) client.send('x');
    }, 50);
    const answers = await Promise.all(clients.map((client) => client.read(method)));
    clearInterval(sending);
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers['connection']}`))).toEqual(new Set(['408 close']));
    for (const client of clients) client.close();
    await watched.connections(4);
  });
});

/** What a client has sent when it ends its side, and the statuses that it still gets. */
const halves: readonly (readonly [bytes: string, statuses: readonly number[]])[] = [
  ['', []],
  ['\r\n', []],
  ['GET /pri', [400]],
  [head, [400]],
  [price, [200]],
  [price + price, [200, 200]],
  // Answered a little later than read.
  [requestOf('GET', '/metrics'), [200]],
  [requestOf('POST', '/prices', [], '{"product_ids":[]}'), [200]],
  [price + head, [200, 400]],
  [post, [400]],
  ['POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx', [404, 400]],
  ['POST /prices HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxx', [400]],
  [requestOf('CONNECT', 'example.com:443'), [405]],
];

/** Ends a client's side behind some bytes; the server must answer what was whole, and then end its own side in order. */
async function expectCleanEnd(port: number, bytes: string, statuses: readonly number[]): Promise<void> {
  const client = await RawClient.connect(port);
  client.socket.end(bytes);
  const rest = await client.ended();
  expect([...rest.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)), bytes).toEqual(statuses);
  expect(client.error, bytes).toBeUndefined();
  client.close();
}

test('clients that end their side get what is theirs, and a clean end', async () => {
  await using watched = await WatchedServer.start();
  const endAll = () => Promise.all(halves.map(([bytes, statuses]) => expectCleanEnd(watched.port, bytes, statuses)));
  await expectOthersServed(watched, async () => {
    for (let round = 0; round < 20; round += 1) await endAll();
  });
  await expectNothingStays(watched, 50, halves.length, endAll);
});

test('clients that vanish at any point leave nothing', async () => {
  await using watched = await WatchedServer.start();
  await expectNothingStays(watched, 50, halves.length, () =>
    Promise.all(
      halves.map(async ([bytes]) => {
        const client = await RawClient.connect(watched.port);
        client.send(bytes);
        client.socket.resetAndDestroy();
      }),
    ),
  );
  await expectOthersServed(watched, async () => {});
});

test('a client that asks and asks and reads no answer is not answered into memory', async () => {
  await using watched = await WatchedServer.start();
  await watched.connections(0);
  const before = await watched.held();
  await expectOthersServed(watched, async () => {
    const client = await RawClient.connect(watched.port);
    client.socket.pause();
    const chunk = Buffer.from(price.repeat(1_000));
    for (let count = 0; count < 300; count += 1) client.send(chunk);
    const unsent = () => client.socket.writableLength;
    // The server takes no more when others have got many answers and it still hasn't.
    let seen: number;
    do {
      seen = unsent();
      const goal = watched.bystanders.answers + 200;
      await until(() => watched.bystanders.answers > goal);
    } while (unsent() !== seen);
    expect(unsent()).toBeGreaterThan(0);
    expect((await watched.held()).bytes - before.bytes).toBeLessThan(16 * 1_048_576);
    client.close();
  });
  await watched.connections(0);
});

/** Lets a process have no more open files than so many. */
async function limitFiles(pid: string, most: number): Promise<void> {
  await run('prlimit', ['--pid', pid, `--nofile=${most}:`]);
}

test.runIf(process.platform === 'linux').each([
  ['few', 20],
  ['no', -5],
])('a server that has %s file descriptors left serves those who are connected, and others when it has some again', async (_, left) => {
  await using watched = await WatchedServer.start({ PRICECTL_MAX_CONNECTION_AGE: '0' });
  const pid = String(watched.server.child.pid);
  await expectOthersServed(watched, async () => {
    await limitFiles(pid, readdirSync(`/proc/${pid}/fd`).length + left);
    const clients = await connectAll(watched.port, 100);
    const ends = clients.map((client) => client.exchange(price).then(({ body }) => body, () => 'closed'));
    const goal = watched.bystanders.answers + 200;
    await until(() => watched.bystanders.answers > goal);
    await limitFiles(pid, 1_000);
    const seen = new Set(await Promise.all(ends));
    expect(seen).toContain('closed');
    expect(seen.difference(new Set(['49.5', 'closed']))).toEqual(new Set());
    for (const client of clients) client.close();
    expect(await exchange(watched.port, price)).toMatchObject({ body: '49.5' });
    await watched.connections(4);
  });
});
