import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exchange, requestOf } from '../../src/server/raw-client.fixture.ts';
import { startCheckingClients } from '../cli/checking-client.ts';
import { createSandbox, freePort, isAlive } from '../cli/sandbox.ts';
import { childPids } from '../cli/service-processes.ts';
import { canMount, TinyDisk } from './tiny-disk.ts';

test.runIf(canMount)('a server whose log is on a full disk serves, takes new prices, and writes its log again when there is space', async () => {
  await using sandbox = await createSandbox();
  await using disk = await TinyDisk.mount(join(sandbox.folder, 'disk'), 'size=64k');
  const prices = await sandbox.write('prices.txt', 'P124,1\n');
  const logPath = join(disk.path, 'log');
  await using log = await open(logPath, 'a');
  const port = await freePort();
  const main = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url));
  const env = { PRICECTL_PRICES: prices, PRICECTL_PORT: String(port), PRICECTL_POLL_INTERVAL: '50ms', HOME: disk.path, TMPDIR: disk.path };
  const server = spawn(process.execPath, [main], { cwd: disk.path, env, stdio: ['ignore', log.fd, log.fd] });
  const exited = once(server, 'exit');
  const price = () => exchange(port, requestOf('GET', '/price?product_id=P124')).then(({ body }) => body, String);
  try {
    await expect.poll(price, { timeout: 30_000 }).toBe('1');
    await disk.takeSpace([logPath]);
    await writeFile(prices, 'P124,2\n');
    await expect.poll(price, { timeout: 30_000 }).toBe('2');
    await writeFile(prices, 'P124\n');
    const rejections = async () => (await exchange(port, requestOf('GET', '/metrics'))).body;
    await expect.poll(rejections, { timeout: 30_000 }).toContain('price_reloads_total{outcome="rejected"} 1');
    expect(await readFile(logPath, 'utf8')).not.toContain('reloaded');
    await disk.free();
    await writeFile(prices, 'P124,3\n');
    await expect.poll(price, { timeout: 30_000 }).toBe('3');
    expect(await readFile(logPath, 'utf8')).toContain('reloaded: 1 prices');
  } finally {
    server.kill('SIGKILL');
    await exited;
  }
});

test.runIf(canMount)('a service whose home is on a full disk serves, replaces and scales, and writes its state when there is space', async () => {
  await using sandbox = await createSandbox();
  await using disk = await TinyDisk.mount(join(sandbox.folder, 'disk'), 'size=1m,nr_inodes=300');
  const env = { HOME: disk.path, TMPDIR: disk.path };
  const command = (...args: readonly string[]) => sandbox.run(args, { env, cwd: disk.path });
  const folder = join(disk.path, '.local/state/pricectl/local/pricectl/price-api');
  const stateFile = join(folder, 'state.json');
  const state = async () => JSON.parse(await readFile(stateFile, 'utf8'));
  const status = async () => (await command('status', '--json')).json();
  const scaling = ['--min', '1', '--max', '1', '--cpu-request', '60m', '--sync-period', '1s', '--metric-resolution', '1s', '--scale-down-window', '1h'];
  const prices = await sandbox.write('prices.txt', 'P124,49.5\n');
  const up = await command('up', '--prices', prices, '--port', String(sandbox.port), ...scaling);
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  const url = `http://127.0.0.1:${sandbox.port}/price?product_id=P124`;
  const replicas = async (): Promise<readonly string[]> => (await status()).pods.map((pod: { ready: boolean; restarts: number }) => `${pod.ready ? 'ready' : 'not ready'}, ${pod.restarts} restarts`);
  const pids = async () => (await state()).replicas.map(({ pid }: { pid: number }) => pid).toSorted();
  try {
    await expect.poll(pids, { timeout: 30_000 }).toEqual([expect.any(Number)]);
    const [first] = await pids();
    // Only now, for a start takes CPU.
    expect((await command('up', '--max', '2')).exitCode).toBe(0);
    const before = await readFile(stateFile, 'utf8');
    await disk.takeSpace([join(folder, 'supervisor.log')]);
    // A command needs its lock, and says why it can't have it. The autoscaler needs nothing.
    expect(await command('up', '--max', '3')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no space left on the disk') });
    {
      await using clients = startCheckingClients(url, 16);
      await expect.poll(replicas, { timeout: 60_000 }).toEqual(['ready, 0 restarts', 'ready, 0 restarts']);
      expect(clients.seen.failures).toEqual([]);
    }
    const second = (await childPids((await state()).supervisor.pid)).find((pid) => pid !== first) ?? 0;
    await using clients = startCheckingClients(url, 2);
    process.kill(first, 'SIGKILL');
    await expect.poll(replicas, { timeout: 60_000 }).toEqual(['ready, 1 restarts', 'ready, 0 restarts']);
    expect(await readFile(stateFile, 'utf8')).toBe(before);

    // Without room for even a socket a replica can't come, and says so; the other one serves.
    await disk.takeFiles();
    process.kill(second, 'SIGKILL');
    await expect.poll(async () => (await status()).pods[1].problem, { timeout: 60_000 }).toMatch(/no space left/i);
    const answers = clients.seen.answers;
    await expect.poll(() => clients.seen.answers, { timeout: 30_000 }).toBeGreaterThan(answers + 100);

    await disk.free();
    // Some attempts later, for which `status` calls it degraded for another minute.
    await expect.poll(async () => (await status()).replicas.ready, { timeout: 60_000 }).toBe(2);
    await expect.poll(pids, { timeout: 30_000 }).toHaveLength(2);
    expect((await pids()).filter((pid: number) => !isAlive(pid))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await command('up', '--max', '3')).exitCode).toBe(0);
    // Of the two that were killed.
    expect(clients.seen.failures.length).toBeLessThanOrEqual(4);
    expect([...clients.seen.bodies.keys()]).toEqual(['49.5']);
  } finally {
    await disk.free();
    expect((await command('down')).exitCode).toBe(0);
  }
});
