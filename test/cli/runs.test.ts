import { afterEach, beforeEach, expect, test } from 'vitest';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecordedRun } from '../../src/workflows/recorded-run.fixture.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

const [a, b] = ['2026-11-25-211059-lab', '2026-11-25-220000-lab'];

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  const files = await readRecordedRun();
  for (const id of [a, b]) {
    const folder = join('.local/state/pricectl/runs', id);
    await mkdir(join(sandbox.folder, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) await sandbox.write(join(folder, name), text);
  }
});
afterEach(() => sandbox[Symbol.asyncDispose]());

test('autoscaler replay prints a table, and its JSON with --json', async () => {
  const { exitCode, stdout, stderr } = await sandbox.run(['autoscaler', 'replay', a, '--sweep']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/46 of 46 looks as recorded[\s\S]*SETTINGS[\s\S]*--cpu-target 40[\s\S]*Suggestion: [\s\S]*What a replay can't know:/);
  const result = await sandbox.run(['autoscaler', 'replay', a, '--cpu-target', '70%', '--scale-down-window', '1m', '--json']);
  expect(result.json()).toMatchObject({ id: a, asked: { flags: ['--cpu-target 70', '--scale-down-window 60s'] }, alternatives: [], suggestion: null });
});

test.each([
  [['autoscaler', 'replay', '2026-11-25-000000-lab'], 6, 'PRICECTL_E_NO_SUCH_RUN'],
  [['autoscaler', 'replay', a, '--min', '11'], 2, 'PRICECTL_E_INVALID_BOUNDS'],
  [['autoscaler', 'replay', a, '--scale-down-window', '1500ms'], 2, 'PRICECTL_E_INVALID_BEHAVIOR'],
  [['autoscaler', 'replay', a, '--sync-period', '10ms'], 2, 'PRICECTL_E_USAGE'],
  [['runs', 'compare', a, '2026-11-25-000000-lab'], 6, 'PRICECTL_E_NO_SUCH_RUN'],
  [['runs', 'compare', a], 2, 'PRICECTL_E_USAGE'],
  [['runs', 'delete', a, '2026-11-25-000000-lab'], 6, 'PRICECTL_E_NO_SUCH_RUN'],
  [['runs', 'delete'], 2, 'PRICECTL_E_USAGE'],
  [['runs', 'delete', '--all'], 2, 'PRICECTL_E_NOT_CONFIRMED'],
  [['runs', 'delete', '--all', a], 2, 'PRICECTL_E_USAGE'],
])('%j ends with %i and %s', async (args, exitCode, code) => {
  const result = await sandbox.run([...args, '--json']);
  expect(result.exitCode).toBe(exitCode);
  expect(result.json()).toMatchObject({ error: { code, exitCode } });
  expect((await sandbox.run(['runs', 'list', '--json'])).json().runs).toHaveLength(2);
});

test('runs compare exits with 0 whatever it finds', async () => {
  const { exitCode, stdout, stderr } = await sandbox.run(['runs', 'compare', a, b]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/Same load[\s\S]*http_req_duration p\(95\)[\s\S]*No difference is more than noise/);
});

test('runs delete removes the runs that it is given, and all of them with --all --yes', async () => {
  expect(await sandbox.run(['runs', 'delete', a])).toMatchObject({ exitCode: 0, stdout: `deleted ${a}\n`, stderr: '' });
  expect((await sandbox.run(['runs', 'delete', '--all', '--yes', '--json'])).json()).toEqual({ deleted: [b], kept: [] });
  expect(await sandbox.run(['runs', 'delete', '--all'])).toMatchObject({ exitCode: 0, stdout: 'no runs are deleted: there are none\n' });
});
