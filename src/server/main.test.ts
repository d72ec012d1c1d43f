import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { exchange, RawClient, requestOf } from './raw-client.fixture.ts';
import { until } from './server.fixture.ts';
import { ServerProcess, startParent } from './server-process.fixture.ts';

// Processes take seconds to start on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const price = requestOf('GET', '/price?product_id=P124');

async function metric(server: ServerProcess, name: string): Promise<number> {
  const { body } = await exchange(server.socket, requestOf('GET', '/metrics'));
  return Number(body.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length));
}

test('serves the prices of a file, and says so line by line', async () => {
  await using server = await ServerProcess.start({}, 'main');
  const version: unknown = JSON.parse((await exchange(server.port, requestOf('GET', '/version'))).body);
  expect(version).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), pid: server.child.pid, ready: true, source: 'prices.txt' });
  expect((await exchange(server.port, price)).body).toBe('49.5');
  server.child.kill('SIGINT');
  expect(await server.exit).toEqual([0, null]);
  for (const line of server.lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/);
  expect(server.lines.map((line) => line.split(' ')[1])).toEqual(['pricectl', 'ready:', 'draining:', 'drained:']);
  expect(server.errors).toEqual([]);
});

test('takes new prices, and keeps the old ones when the new ones are bad', async () => {
  await using server = await ServerProcess.start({ PRICECTL_POLL_INTERVAL: '50ms' }, 'main');
  const path = join(server.folder, 'prices.txt');
  await writeFile(`${path}.new`, 'P124,50.00\n');
  await rename(`${path}.new`, path);
  await until(async () => (await exchange(server.port, price)).body === '50.00');
  expect(await metric(server, 'price_reloads_total{outcome="loaded"}')).toBe(1);
  await appendFile(path, 'P125,abc\n');
  await until(async () => (await metric(server, 'price_reloads_total{outcome="rejected"}')) === 1);
  expect((await exchange(server.port, price)).body).toBe('50.00');
  expect(server.lines.at(-1)).toMatch(/rejected new prices, the old ones stay: .*line 2: /);
});

test('answers with one table or the other while prices change under load', async () => {
  await using server = await ServerProcess.start({ PRICECTL_POLL_INTERVAL: '50ms' }, 'main');
  const path = join(server.folder, 'prices.txt');
  const client = await RawClient.connect(server.port);
  const request = requestOf('POST', '/prices', [], '{"product_ids":["P123","P124"]}');
  const seen = new Set<string>();
  await writeFile(path, 'P123,1\nP124,2\n');
  do seen.add((await client.exchange(request)).body);
  while (seen.size < 2);
  for (let index = 0; index < 2_000; index += 1) seen.add((await client.exchange(request)).body);
  expect(seen).toEqual(new Set(['{"prices":{"P123":"19.99","P124":"49.5"},"missing":[]}', '{"prices":{"P123":"1","P124":"2"},"missing":[]}']));
  client.close();
});

test.each([
  ['P124,49.5\nP125\n', 6, /line 2: /],
  ['P124,49.5\nP125,1\nP126,abc\n', 6, /line 3: .*abc/],
])('ends with %j in its price list', async (prices, exitCode, message) => {
  await using server = await ServerProcess.start({}, 'main', prices);
  expect(await server.exit).toEqual([exitCode, null]);
  expect(server.errors).toEqual([expect.stringMatching(message)]);
});

test.each([
  [{ PRICECTL_PRICES: '/no/such/file' }, 3],
  [{ PRICECTL_PRICES: '/' }, 3],
  [{ PRICECTL_PRICES: 'http://127.0.0.1:1/', PRICECTL_POLL_INTERVAL: '50ms' }, 3],
  [{ PRICECTL_PRICES: 'ftp://example.com/' }, 2],
  [{ PRICECTL_PRICES: '' }, 2],
  [{ PRICECTL_PORT: 'x' }, 2],
  [{ PRICECTL_HOST: '203.0.113.1' }, 3],
  [{ PRICECTL_SOCKET: '/no/such/folder/s' }, 3],
])('ends with one line and a code for %j', async (env, exitCode) => {
  await using server = await ServerProcess.start(env, 'main');
  expect(await server.exit).toEqual([exitCode, null]);
  expect(server.errors).toHaveLength(1);
});

test('ends with one line when its port is taken', async () => {
  await using first = await ServerProcess.start();
  await using second = await ServerProcess.start({ PRICECTL_PORT: `${first.port}` }, 'main');
  expect(await second.exit).toEqual([3, null]);
  expect(second.errors).toEqual([`can't listen on 127.0.0.1:${first.port}: it is taken`]);
});

test('ends with one line when it should have a parent and has none', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { PRICECTL_PRICES: '/x', PRICECTL_LISTEN: 'parent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(errors).toMatch(/^PRICECTL_LISTEN .*\n$/);
});

test('ends at once when its parent is gone', async () => {
  await using server = await ServerProcess.start({ PRICECTL_LISTEN: 'parent' }, 'main');
  server.child.disconnect();
  expect(await server.exit).toEqual([3, null]);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('ends at once on a second signal, %s, and leaves no socket behind', async (signal, exitCode) => {
  await using server = await ServerProcess.start({}, 'main');
  const client = await RawClient.connect(server.port);
  await client.exchange(price);
  server.child.kill('SIGTERM');
  await until(() => server.lines.some((line) => line.includes('draining')));
  server.child.kill(signal);
  expect(await server.exit).toEqual([exitCode, null]);
  await expect(stat(server.socket)).rejects.toThrow(expect.objectContaining({ code: 'ENOENT' }));
  client.close();
});

test('a replica drains on, however many signals it gets: whoever ends all processes at once and its supervisor send it one each', async () => {
  await using server = await ServerProcess.start({ PRICECTL_LISTEN: 'parent' }, 'main');
  using parent = await startParent([server]);
  const client = await RawClient.connect(parent.port);
  await client.exchange(price);
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) {
    server.child.kill(signal);
    await until(() => server.lines.some((line) => line.includes('draining')));
  }
  expect(await client.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  server.child.send({ type: 'no-more-connections' });
  expect(await server.exit).toEqual([0, null]);
});

test('goes on when nobody reads its log any more', async () => {
  await using server = await ServerProcess.start({}, 'main');
  server.child.stdout?.destroy();
  const client = await RawClient.connect(server.port);
  server.child.kill('SIGTERM');
  await until(async () => (await exchange(server.socket, requestOf('GET', '/readyz'))).status === 503);
  expect(await client.exchange(price)).toMatchObject({ status: 200, headers: { connection: 'close' } });
  client.close();
  expect(await server.exit).toEqual([0, null]);
});

test('ends in order on a signal that comes before the prices', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { PRICECTL_PRICES: 'http://127.0.0.1:9/', PRICECTL_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});
