import { chmod, chown, mkdtemp, rename, rm, stat, symlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import { createHttpClient } from '../../tools/http.ts';
import { ControlClient } from './control-client.ts';
import { type Access, protocolVersion, type Report, type Wish } from './control-protocol.ts';
import { type Controlled, serveControl } from './control-server.ts';

const http = createHttpClient();
let folder: string;
let socketPath: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
  socketPath = join(folder, 'control');
});

afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const wish: Wish = {
  settings: {
    prices: '/prices.txt',
    min: 3,
    max: 10,
    cpuTarget: 50,
    cpuRequestMillicores: 100,
    port: 8080,
    syncPeriodMs: 15_000,
    metricResolutionMs: 15_000,
    behavior: createBehavior(),
    cluster: null,
  },
  serverEntry: '/server/main.js',
};

const report: Report = {
  protocolVersion,
  pid: 4711,
  isEnding: false,
  wish,
  rollout: { desired: 3, updated: 3, updatedReady: 3, outdated: 0, failure: null },
  ready: 3,
  autoscaler: { cpuPercent: null, explanation: 'it has not looked yet', nextSyncAtMs: null, decision: null },
  pods: [],
  prices: null,
};

const access: Access = { protocolVersion, port: 8080, problem: null };

async function serve(changes: Partial<Controlled> = {}): Promise<ControlClient> {
  server = await serveControl(socketPath, { report: async () => report, access: () => access, apply: async () => {}, stop: () => {}, ...changes });
  return new ControlClient(http, socketPath);
}

function timeLimit(): AbortSignal {
  return AbortSignal.timeout(5_000);
}

test('orders and answers arrive as they were given', async () => {
  const applied: Wish[] = [];
  let stops = 0;
  const client = await serve({
    apply: async (given) => void applied.push(given),
    stop: () => {
      stops += 1;
    },
  });
  expect(await client.report(timeLimit())).toEqual(report);
  expect(await client.access(timeLimit())).toEqual(access);
  await client.apply(wish, timeLimit());
  expect(applied).toEqual([wish]);
  await client.stop(timeLimit());
  expect(stops).toBe(1);
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
});

test('a refused order keeps its code', async () => {
  const client = await serve({ apply: () => Promise.reject(new EnvironmentError('PRICECTL_E_PORT_TAKEN', 'port 1 is taken')) });
  await expect(client.apply(wish, timeLimit())).rejects.toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN', kind: 'environment', message: 'port 1 is taken' });
});

test('orders that make no sense, and failures of the supervisor itself, leave it running', async () => {
  const client = await serve({ apply: () => Promise.reject(new Error('a bug')) });
  const put = (body: string) => http.request('http://localhost/wish', { method: 'PUT', socketPath, timeoutMs: 5_000, body });
  for (const body of ['', '{', '[]', '{"settings":{}}', JSON.stringify({ ...wish, settings: { ...wish.settings, min: 'three' } })]) {
    expect(await put(body)).toMatchObject({ status: 400 });
  }
  expect(await put(JSON.stringify(wish))).toMatchObject({ status: 500 });
  expect(await http.request('http://localhost/other', { socketPath, timeoutMs: 5_000 })).toMatchObject({ status: 404 });
  expect(await client.report(timeLimit())).toEqual(report);
});

test('a supervisor of another version is told', async () => {
  const client = await serve({ report: async () => ({ ...report, protocolVersion: 99 }) });
  await expect(client.report(timeLimit())).rejects.toMatchObject({ code: 'PRICECTL_E_SUPERVISOR_VERSION', kind: 'environment' });
});

test('a supervisor of another version can not say where the service is', async () => {
  const other = await serve({ access: () => ({ ...access, protocolVersion: 99 }) });
  expect(await other.access(timeLimit())).toBeUndefined();
  server?.close();
  const older = await serve({
    access() {
      throw new TypeError('no such order');
    },
  });
  expect(await older.access(timeLimit())).toBeUndefined();
});

test('nobody at the socket is told', async () => {
  await expect(new ControlClient(http, socketPath).stop(timeLimit())).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE' });
});

test.each<[string, isRoot: boolean, spoil: () => Promise<void>]>([
  ["is another user's", true, () => chown(folder, 65_534, 65_534)],
  ['can be entered by others', false, () => chmod(folder, 0o711)],
  ['can be written by others', false, () => chmod(folder, 0o1777)],
  ['is a link', false, () => rename(folder, `${folder}-moved`).then(() => symlink(`${folder}-moved`, folder))],
])('a socket in a folder that %s gets no order', async (_, needsRoot, spoil) => {
  if (needsRoot && process.getuid?.() !== 0) return;
  let stops = 0;
  const client = await serve({ stop: () => void (stops += 1) });
  await client.stop(timeLimit());
  await spoil();
  try {
    for (const ask of [() => client.stop(timeLimit()), () => client.apply(wish, timeLimit()), () => client.report(timeLimit()), () => client.access(timeLimit())]) {
      await expect(ask()).rejects.toMatchObject({ code: 'PRICECTL_E_UNREACHABLE', kind: 'environment' });
    }
    expect(stops).toBe(1);
  } finally {
    await rm(`${folder}-moved`, { recursive: true, force: true });
  }
});
