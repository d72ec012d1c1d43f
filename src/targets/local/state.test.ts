import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import { type LocalState, readState, writeState } from './state.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl state '));
  path = join(folder, 'state.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const state: LocalState = {
  settings: {
    prices: "/tmp/it's a \"list\".txt",
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
  serverEntry: '/opt/server/main.js',
  desired: 4,
  socketsFolder: '/tmp/pricectl-123456',
  supervisor: { pid: 4711, startedAt: 'then' },
  replicas: [{ pid: 4712, startedAt: 'a little later' }],
  isStopped: false,
};

test('a state is read as it was written', async () => {
  await writeState(path, state);
  expect(await readState(path)).toEqual({ kind: 'present', state });
});

test('no file is no state', async () => {
  expect(await readState(path)).toEqual({ kind: 'absent' });
});

test('whatever part of a state is missing or of another type, it is unreadable and never half read', async () => {
  await writeState(path, state);
  const text = await readFile(path, 'utf8');
  for (let length = 0; length < text.trimEnd().length; length += 1) {
    await writeFile(path, text.slice(0, length));
    expect(await readState(path)).toMatchObject({ kind: 'unreadable' });
  }
  const whole: Record<string, unknown> = JSON.parse(text);
  for (const key of Object.keys(whole)) {
    for (const value of [undefined, null, 'x', -1, {}, [1]]) {
      if (key === 'serverEntry' || key === 'socketsFolder') if (value === 'x') continue;
      await writeFile(path, JSON.stringify({ ...whole, [key]: value }));
      expect(await readState(path), `${key} = ${JSON.stringify(value)}`).toMatchObject({ kind: 'unreadable' });
    }
  }
});

test('what is no file is refused, with the way out', async () => {
  await mkdir(path);
  await expect(readState(path)).rejects.toMatchObject({ code: 'PRICECTL_E_STATE', hints: [expect.stringContaining(`remove ${folder}:`)] });
});

test("a newer version's state is refused", async () => {
  await writeFile(path, JSON.stringify({ version: 2, other: true }));
  await expect(readState(path)).rejects.toMatchObject({ code: 'PRICECTL_E_NEWER_STATE', kind: 'environment' });
});

test.runIf(process.getuid?.() === 0)("another user's state is refused", async () => {
  await writeState(path, state);
  await chown(path, 65_534, 65_534);
  await expect(readState(path)).rejects.toMatchObject({ code: 'PRICECTL_E_FOREIGN_STATE', kind: 'environment' });
});
