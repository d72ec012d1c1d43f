import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listen } from './listener.ts';
import { type ProcessExit, ReplicaProcess, type ReplicaProcessObserver } from './replica-process.ts';
import { ask, open } from './traffic.fixture.ts';

vi.setConfig({ testTimeout: 20_000 });

let folder: string;
const cleanUps: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replica-'));
  await writeFile(join(folder, 'prices'), 'P124,49.5\n');
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly process: ReplicaProcess;
  readonly lines: string[];
  readonly returned: Socket[];
  readonly accepted: () => number;
  readonly draining: () => number;
  readonly exited: Promise<ProcessExit>;
}

function start(behavior = '', entry = join(import.meta.dirname, 'stand-in-server.fixture.ts')): Started {
  const exit = Promise.withResolvers<ProcessExit>();
  const lines: string[] = [];
  const returned: Socket[] = [];
  const counts = { accepted: 0, draining: 0 };
  const observer: ReplicaProcessObserver = {
    onLine: (line) => lines.push(line),
    onAccepted: () => (counts.accepted += 1),
    onDraining: () => (counts.draining += 1),
    onReturned: (connection) => returned.push(connection),
    onExit: exit.resolve,
    onClosed: () => {},
  };
  const socket = join(folder, `socket${cleanUps.length}`);
  const env = { PRICECTL_PRICES: join(folder, 'prices'), PRICECTL_SOCKET: socket, PRICECTL_TEST_SERVER: behavior };
  const started = new ReplicaProcess({ name: 'price-api-test', serverEntry: entry, env }, observer);
  cleanUps.push(() => started.kill());
  return { process: started, lines, returned, accepted: () => counts.accepted, draining: () => counts.draining, exited: exit.promise };
}

/** A client and our end of its connection. */
async function connection(): Promise<{ client: Socket; accepted: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = await listen(0, accepted.resolve);
  const client = await open(listener.port);
  cleanUps.push(() => client.destroy(), () => listener.close());
  return { client, accepted: await accepted.promise };
}

test('a connection that is handed over is answered by the process, and ours is closed', async () => {
  const replica = start();
  const { client, accepted } = await connection();
  replica.process.take(accepted);
  expect(await ask(client, true)).toMatchObject({ status: 200, body: '49.5' });
  expect(replica.accepted()).toBe(1);
  expect(accepted.destroyed).toBe(true);
  // The client's connection lives on with the process.
  expect(await ask(client, true)).toMatchObject({ body: '49.5' });
  const exited = replica.exited;
  replica.process.terminate();
  await expect.poll(() => replica.draining()).toBe(1);
  expect(await ask(client, true)).toMatchObject({ isLast: true });
  client.destroy();
  expect(await exited).toEqual({ code: 0, signal: null });
  expect(replica.returned).toEqual([]);
});

test('connections that a killed process had not taken come back whole', async () => {
  const first = start();
  const warmUp = await connection();
  first.process.take(warmUp.accepted);
  await ask(warmUp.client, true);
  process.kill(first.process.pid ?? 0, 'SIGSTOP');
  const waiting = [await connection(), await connection(), await connection()];
  for (const { accepted } of waiting) first.process.take(accepted);
  first.process.kill();
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await expect.poll(() => first.returned.length).toBe(3);
  expect(first.returned).toEqual(waiting.map(({ accepted }) => accepted));
  expect(first.process.canTake).toBe(false);
  const second = start();
  for (const connection of first.returned) second.process.take(connection);
  for (const { client } of waiting) expect(await ask(client, true)).toMatchObject({ body: '49.5' });
});

test('a process takes only so many connections at a time', async () => {
  const replica = start();
  expect(replica.process.canTake).toBe(true);
  const connections = [await connection(), await connection()];
  for (const { accepted } of connections) replica.process.take(accepted);
  expect(replica.process.canTake).toBe(false);
  await expect.poll(() => replica.accepted()).toBe(2);
  expect(replica.process.canTake).toBe(true);
});

test('a process that does not end in order is killed', async () => {
  const replica = start('stuck');
  const { client, accepted } = await connection();
  replica.process.take(accepted);
  await ask(client, true);
  replica.process.killAfter(50);
  replica.process.terminate();
  expect(await replica.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('what a process says before it ends is heard', async () => {
  await writeFile(join(folder, 'prices'), 'P124\n');
  const replica = start();
  expect(await replica.exited).toEqual({ code: 6, signal: null });
  await expect.poll(() => replica.lines).toEqual(['prices: line 1: not a price']);
});

test('a server that is not there ends like any other', async () => {
  const replica = start('', join(folder, 'none.js'));
  expect(await replica.exited).toMatchObject({ code: 1 });
  await expect.poll(() => replica.lines.join('\n')).toContain('none.js');
});

test('the supervisor that waits for its start ends with its command, and has made nothing', async () => {
  const main = join(import.meta.dirname, 'supervisor-main.ts');
  const child = spawn(process.execPath, [main, folder, 'namespace', 'name'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  cleanUps.push(() => child.kill('SIGKILL'));
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
