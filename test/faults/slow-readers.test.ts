import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { exchange, RawClient, requestOf } from '../../src/server/raw-client.fixture.ts';
import { until } from '../../src/server/server.fixture.ts';
import { expectOthersServed, WatchedServer } from './watched-server.ts';

/** Whole requests in one piece, so that no other time-out counts, for answers of 10 kB: more than the kernel keeps for a connection. */
const requests = 1_000;
const burst = requestOf('GET', '/openapi.json').repeat(requests);

const limits = { PRICECTL_HEADERS_TIMEOUT: '500ms', PRICECTL_REQUEST_TIMEOUT: '2s', PRICECTL_SEND_TIMEOUT: '2s' };

/** A client that asks for far more than the kernel keeps for it, and reads nothing yet. */
async function connectSlowly(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.pause();
  await once(socket, 'connect');
  socket.write(burst);
  return socket;
}

test('who reads nothing of an answer loses the connection in time, and others get theirs', async () => {
  await using watched = await WatchedServer.start({ ...limits, PRICECTL_MAX_CONNECTIONS: '8' });
  await expectOthersServed(watched, async () => {
    const slow = await Promise.all(Array.from({ length: 4 }, () => connectSlowly(watched.port)));
    // Answered, as far as the server is concerned.
    const answered = async () => /openapi.json",code="200"} (\d+)/.exec((await exchange(watched.server.socket, requestOf('GET', '/metrics'))).body)?.[1];
    await until(async () => (await answered()) === String(slow.length * requests));
    await watched.connections(4);
    for (const socket of slow) socket.destroy();
  });
});

test('who reads slowly gets every answer, however long it takes', async () => {
  await using watched = await WatchedServer.start({ ...limits, PRICECTL_MAX_CONNECTION_AGE: '0' });
  await expectOthersServed(watched, async () => {
    const socket = await connectSlowly(watched.port);
    const startedAt = performance.now();
    let answers = 0;
    socket.on('data', (chunk: Buffer) => {
      answers += chunk.toString('latin1').split('HTTP/1.1 200 OK').length - 1;
      socket.pause();
      setTimeout(() => socket.resume(), 25);
    });
    socket.resume();
    // Beyond a few that are cut in two by a chunk's end.
    await until(() => answers > requests - 5 || socket.closed);
    expect(socket.closed).toBe(false);
    expect(performance.now() - startedAt).toBeGreaterThan(2_500);
    socket.destroy();
  });
});

test('who reads nothing of an answer holds no drain up for longer than its deadline', async () => {
  await using watched = await WatchedServer.start({ PRICECTL_DRAIN_DEADLINE: '500ms' });
  const slow = await connectSlowly(watched.port);
  const idle = await RawClient.connect(watched.port);
  await watched.connections(2);
  watched.server.child.kill('SIGTERM');
  expect(await Promise.race([watched.server.exit, delay(20_000)])).toEqual([0, null]);
  expect(watched.server.lines.at(-1)).toContain('the deadline closed the connections');
  slow.destroy();
  idle.close();
});
