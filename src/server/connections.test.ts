import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Connections } from './connections.ts';
import { RawClient, requestOf } from './raw-client.fixture.ts';
import { startService, until } from './server.fixture.ts';

afterEach(() => {
  vi.useRealTimers();
});

const price = requestOf('GET', '/price?product_id=P124');

test('ends a connection with the first answer after its age', async () => {
  await using service = await startService({ maxConnectionAgeMs: 100 });
  const client = await RawClient.connect(service.port);
  const started = performance.now();
  const connections: (string | undefined)[] = [];
  do connections.push((await client.exchange(price)).headers['connection']);
  while (connections.at(-1) === 'keep-alive');
  expect(performance.now() - started).toBeGreaterThan(79);
  expect(connections.length).toBeGreaterThan(1);
  expect(connections.at(-1)).toBe('close');
  expect(await client.ended()).toBe('');
  expect(client.error).toBeUndefined();
});

test('leaves a connection that is past its age alone until its next answer', async () => {
  await using service = await startService({ maxConnectionAgeMs: 1 });
  const idle = await RawClient.connect(service.port);
  const busy = await RawClient.connect(service.port);
  while ((await busy.exchange(price)).headers['connection'] !== 'close');
  // The idle one is past its age too.
  expect(idle.isEnded).toBe(false);
  expect(await idle.exchange(requestOf('POST', '/prices', [], '{"product_ids":[]}'))).toMatchObject({ status: 200, headers: { connection: 'close' } });
});

test('lets connections get as old as they like when the age is 0', () => {
  vi.useFakeTimers();
  const connections = new Connections({ maxConnectionAgeMs: 0, maxConnections: 1 });
  const socket = new Socket();
  connections.add(socket);
  vi.advanceTimersByTime(1e9);
  expect(connections.isDue(socket)).toBe(false);
});

test.each([
  [0, 80],
  [0.5, 100],
  [1, 120],
])('spreads ages by a fifth to either side (%d)', (random, ageMs) => {
  vi.useFakeTimers();
  const connections = new Connections({ maxConnectionAgeMs: 100, maxConnections: 1 }, () => random);
  const socket = new Socket();
  connections.add(socket);
  vi.advanceTimersByTime(ageMs - 1);
  expect(connections.isDue(socket)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(connections.isDue(socket)).toBe(true);
});

test('does not end a connection whose request is still being sent', async () => {
  await using service = await startService();
  service.connections.endAfterNextResponse();
  const client = await RawClient.connect(service.port);
  // The answer comes before the body: to close now would reset the connection.
  expect(await client.exchange('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n')).toMatchObject({ status: 404, headers: { connection: 'keep-alive' } });
  client.send('some body');
  expect(await client.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(await client.ended()).toBe('');
  expect(client.error).toBeUndefined();
});

test('closes connections beyond the limit and takes new ones when others have gone', async () => {
  await using service = await startService({ maxConnections: 2 });
  const clients = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
  for (const client of clients) await client.exchange(price);
  const third = await RawClient.connect(service.port);
  expect(await third.ended()).toBe('');
  clients[0]?.close();
  await until(() => service.connections.count === 1);
  const fourth = await RawClient.connect(service.port);
  expect(await fourth.exchange(price)).toMatchObject({ status: 200 });
  for (const client of [...clients, fourth]) client.close();
});

test('forgets a connection that has closed, before its age and after', async () => {
  vi.useFakeTimers();
  const connections = new Connections({ maxConnectionAgeMs: 100, maxConnections: 2 });
  const [young, old] = [new Socket(), new Socket()];
  connections.add(young);
  connections.add(old);
  young.emit('close');
  vi.advanceTimersByTime(200);
  expect([connections.isDue(young), connections.isDue(old)]).toEqual([false, true]);
  old.emit('close');
  expect(connections.isDue(old)).toBe(false);
  expect(connections.count).toBe(0);
});

test('is quiet only when no connection came for the whole time', async () => {
  const connections = new Connections({ maxConnectionAgeMs: 0, maxConnections: 1 });
  const [first, second] = [new Socket(), new Socket()];
  connections.add(first);
  const quiet = connections.whenQuiet(400, new AbortController().signal);
  first.emit('close');
  await delay(100);
  connections.add(second);
  second.emit('close');
  const closedAt = performance.now();
  await quiet;
  expect(performance.now() - closedAt).toBeGreaterThan(390);
});

test('is not quiet while a connection is open that came as the last one closed', async () => {
  const connections = new Connections({ maxConnectionAgeMs: 0, maxConnections: 1 });
  const [first, second] = [new Socket(), new Socket()];
  connections.add(first);
  let isQuiet = false;
  const quiet = connections.whenQuiet(0, new AbortController().signal).then(() => (isQuiet = true));
  first.emit('close');
  connections.add(second);
  await delay(20);
  expect(isQuiet).toBe(false);
  second.emit('close');
  await quiet;
});

test('stops waiting for quiet when the signal aborts', async () => {
  await using service = await startService();
  const client = await RawClient.connect(service.port);
  await until(() => service.connections.count === 1);
  const controller = new AbortController();
  const quiet = service.connections.whenQuiet(0, controller.signal);
  controller.abort();
  await expect(quiet).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  client.close();
  await once(client.socket, 'close');
});
