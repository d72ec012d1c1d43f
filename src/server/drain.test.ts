import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Clients } from './clients.fixture.ts';
import { Connections } from './connections.ts';
import { drain } from './drain.ts';
import { until } from './server.fixture.ts';
import { ServerProcess, startParent } from './server-process.fixture.ts';
import { createServerState } from './state.ts';

// Processes take seconds to start on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

test('no request fails while servers that get their connections from a parent come and go', async () => {
  await using first = await ServerProcess.start({ PRICECTL_LISTEN: 'parent' });
  await using second = await ServerProcess.start({ PRICECTL_LISTEN: 'parent' });
  await using third = await ServerProcess.start({ PRICECTL_LISTEN: 'parent' });
  using parent = await startParent([first, second, third]);
  const clients = new Clients(() => parent.port);
  clients.add(16, 0);
  clients.add(32, 50);
  for (const server of [first, second]) {
    const before = clients.answers;
    await until(() => clients.answers > before + 500);
    server.child.kill('SIGTERM');
    expect(await server.exit).toEqual([0, null]);
    expect(server.lines.at(-1)).toContain('every client has left');
  }
  await clients.stop();
  expect(clients.failures).toEqual([]);
  expect(parent.state.accepted).toBe(parent.state.sent);
  // Each client came to each server.
  expect(clients.connections).toBeGreaterThanOrEqual(3 * 48);
});

test('no request fails while a server drains whose clients connect elsewhere from then on', async () => {
  await using first = await ServerProcess.start();
  await using second = await ServerProcess.start();
  let port = first.port;
  const clients = new Clients(() => port);
  clients.add(16, 0);
  clients.add(32, 50);
  await until(() => clients.answers > 500);
  port = second.port;
  first.child.kill('SIGTERM');
  expect(await first.exit).toEqual([0, null]);
  expect(first.lines.at(-1)).toContain('every client has left');
  await clients.stop();
  expect(clients.failures).toEqual([]);
  expect(clients.connections).toBe(2 * 48);
});

test('no request fails while connections age', async () => {
  await using server = await ServerProcess.start({ PRICECTL_MAX_CONNECTION_AGE: '50ms' });
  const clients = new Clients(() => server.port);
  clients.add(16, 0);
  clients.add(32, 100);
  await until(() => clients.connections > 500);
  await clients.stop();
  expect(clients.failures).toEqual([]);
});


test('waits for a connection that is accepted at the very end', async () => {
  const state = createServerState();
  const connections = new Connections({ maxConnectionAgeMs: 0, maxConnections: 1 });
  const last = new Socket();
  const close = vi.fn<() => void>().mockImplementationOnce(() => void connections.add(last));
  let isComplete: boolean | undefined;
  const drained = drain({ state, connections, source: { end: async () => {}, quietMs: 0, close }, deadlineMs: 60_000 }).then((result) => (isComplete = result));
  await until(() => connections.count === 1);
  await delay(10);
  expect(isComplete).toBeUndefined();
  last.emit('close');
  await drained;
  expect(isComplete).toBe(true);
});
