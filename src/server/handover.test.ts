import { expect, test, vi } from 'vitest';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { until } from './server.fixture.ts';
import { ServerProcess, startParent } from './server-process.fixture.ts';

// Processes take seconds to start on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const price = requestOf('GET', '/price?product_id=P124');
const asReplica = { PRICECTL_LISTEN: 'parent' };

test('answers on the connections that its parent hands over, and on its socket', async () => {
  await using server = await ServerProcess.start(asReplica);
  using parent = await startParent([server]);
  const client = await RawClient.connect(parent.port);
  expect(await client.exchange(price)).toMatchObject({ status: 200, body: '49.5', headers: { connection: 'keep-alive' } });
  expect((await exchange(server.socket, requestOf('GET', '/metrics'))).body).toContain('\nhttp_connections 1\n');
  // It ended its side before it got the answer.
  const hasty = await RawClient.connect(parent.port);
  hasty.socket.end(price);
  expect((await hasty.read()).body).toBe('49.5');
  client.close();
  hasty.close();
});

test('keeps to its time-outs on connections that were handed over', async () => {
  await using server = await ServerProcess.start({ ...asReplica, PRICECTL_HEADERS_TIMEOUT: '100ms' });
  using parent = await startParent([server]);
  const client = await RawClient.connect(parent.port);
  client.send('GET /pri');
  expect((await client.read()).status).toBe(408);
  client.close();
});

test('takes connections until its parent says that none will come any more', async () => {
  await using server = await ServerProcess.start(asReplica);
  using parent = await startParent([]);
  parent.state.takers = [server];
  const idle = await RawClient.connect(parent.port);
  await until(() => server.messages.length === 1);
  server.child.kill('SIGTERM');
  await until(() => server.messages.length === 2);
  expect(server.messages).toEqual([{ type: 'accepted', id: 1 }, { type: 'draining' }]);
  expect(await exchange(server.socket, requestOf('GET', '/readyz'))).toMatchObject({ status: 503 });
  expect(await idle.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  await idle.ended();
  const late = await RawClient.connect(parent.port);
  expect(await late.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(server.child.exitCode).toBeNull();
  server.child.send({ type: 'no-more-connections' });
  expect(await server.exit).toEqual([0, null]);
  expect([idle.error, late.error]).toEqual([undefined, undefined]);
});

test('ends at its deadline when its parent says nothing', async () => {
  await using server = await ServerProcess.start({ ...asReplica, PRICECTL_DRAIN_DEADLINE: '200ms' });
  server.child.kill('SIGTERM');
  expect(await server.exit).toEqual([0, null]);
  expect(server.lines.at(-1)).toContain('deadline');
});

test.each(['serving', 'draining'])('ends at once when its parent is gone while it is %s', async (phase) => {
  await using server = await ServerProcess.start(asReplica);
  using parent = await startParent([]);
  parent.state.takers = [server];
  const client = await RawClient.connect(parent.port);
  await until(() => parent.state.sent === 1);
  if (phase === 'draining') {
    server.child.kill('SIGTERM');
    await until(() => server.lines.some((line) => line.includes('draining')));
  }
  server.child.disconnect();
  expect((await server.exit)[0]).not.toBe(0);
  client.close();
});

test('ignores what is no message of its parent', async () => {
  await using server = await ServerProcess.start(asReplica);
  for (const message of [null, 1, 'connection', {}, { type: 'connection' }, { type: 'connection', id: 1 }, { type: 'other' }]) {
    if (message !== null) server.child.send(message);
  }
  using parent = await startParent([server]);
  expect(await exchange(parent.port, price)).toMatchObject({ status: 200 });
});
