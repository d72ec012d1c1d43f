import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoadRequest } from '../../src/load/engine.ts';
import { readJobLine } from '../../src/load/job-lines.ts';
import { root } from './commands.ts';

const image = join(root, 'dist', 'image');
/** Beyond 64 KiB, so that a thread builds its table. */
const prices = Array.from({ length: 20_000 }, (_, row) => `P${row},${row}.5\n`).join('');

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  children = [];
  folder = await mkdtemp(join(tmpdir(), 'pricectl-bundle-'));
  for (const name of ['server.js', 'application.js', 'load.js', 'package.json']) await copyFile(join(image, name), join(folder, name));
  await writeFile(join(folder, 'prices.txt'), prices);
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map(async (child) => child.exitCode ?? child.signalCode ?? (await once(child, 'exit'))));
  await rm(folder, { recursive: true });
});

/** Node lets the programs read their folder, use the network and start threads: no other program, and no writing. */
function permissions(): readonly string[] {
  const known = ['--permission', '--allow-net', '--allow-worker'].filter((option) => process.allowedNodeEnvironmentFlags.has(option));
  return known.includes('--permission') ? [...known, `--allow-fs-read=${folder}`, '--no-warnings'] : [];
}

/** Starts a file of the image with nothing around it. */
function start(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...permissions(), join(folder, file), ...args], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  children.push(child);
  return { child, output, exit: once(child, 'close') };
}

/** Starts the server and waits until it has its prices. */
async function startServer() {
  const server = start('server.js', [], { PRICECTL_PRICES: join(folder, 'prices.txt'), PRICECTL_PORT: '0', PRICECTL_DRAIN_DEADLINE: '500ms' });
  await vi.waitFor(() => expect(server.output.stdout).toContain(' ready: '), 10_000);
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(server.output.stdout) ?? [];
  return { ...server, url };
}

async function writeRequest(url: string, durationMs: number): Promise<string> {
  const scenario = { executor: 'constant-vus', vus: 2, durationMs } as const;
  const profile = { name: 'custom', scenario, thinkTimeMs: 5, thresholds: {}, gracefulStopMs: 1_000 };
  const request: LoadRequest = { profile, url, ids: ['P1', 'P19999'], resend: false, requestTimeoutMs: 60_000 };
  const path = join(folder, 'request.json.gz');
  await writeFile(path, gzipSync(JSON.stringify(request)));
  return path;
}

test('the server of the image needs nothing but its files, starts no program and writes nothing, serves a large list, and knows its version', async () => {
  const { child, url, output, exit } = await startServer();
  expect(await (await fetch(`${url}/price?product_id=P19999`)).text()).toBe('19999.5');
  expect(await (await fetch(`${url}/prices`, { method: 'POST', body: '{"product_ids":["P0","x"]}', headers: { 'content-type': 'application/json' } })).json()).toEqual({
    prices: { P0: '0.5' },
    missing: ['x'],
  });
  const manifest: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(await (await fetch(`${url}/version`)).json()).toMatchObject({ version: manifest.version, prices: { rows: 20_000 } });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('price_table_rows 20000');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(output.stderr).toBe('');
});

test('the load program of the image makes load and tells what it measured', async () => {
  const { url } = await startServer();
  const { output, exit } = start('load.js', [await writeRequest(url, 1_200)]);
  expect(await exit).toEqual([0, null]);
  const reports = output.stdout.trimEnd().split('\n').map(readJobLine);
  expect(reports.map((report) => report?.type)).toEqual(['started', 'progress', 'result']);
  const result = reports.flatMap((report) => (report?.type === 'result' ? [report.result] : []))[0];
  expect(result).toMatchObject({ interrupted: false, runners: [{ exitCode: 0, payload: 'received' }], checks: [{ fails: 0 }] });
  expect(result?.metrics.get('http_req_duration')).toMatchObject({ type: 'trend', samples: { count: result?.runners[0]?.requests } });
  expect(output.stderr).toBe('');
});

test('a load that is told to end tells what it measured until then', async () => {
  const { url } = await startServer();
  const { child, output, exit } = start('load.js', [await writeRequest(url, 60_000)]);
  await vi.waitFor(() => expect(output.stdout).toContain('"progress"'), 10_000);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(readJobLine(output.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'result', result: { interrupted: true } });
});

test.each([
  ['http://127.0.0.1:9', { code: 'PRICECTL_E_UNREACHABLE', kind: 'environment' }],
  ['ftp://127.0.0.1', { code: 'PRICECTL_E_USAGE', kind: 'usage' }],
])('a load of %s tells why there is none', async (url, error) => {
  const { output, exit } = start('load.js', [await writeRequest(url, 1_000)]);
  expect(await exit).toEqual([1, null]);
  expect(readJobLine(output.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'failed', error });
});

test('all files of the image together are less than 1 MB, and name the licence of every package in them', async () => {
  const names = (await readdir(image)).toSorted();
  expect(names).toEqual(['application.js', 'licenses.txt', 'load.js', 'package.json', 'sbom.cdx.json', 'server.js']);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(image, name))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  const licenses = await readFile(join(image, 'licenses.txt'), 'utf8');
  for (const name of ['express', 'prom-client', 'iconv-lite']) expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2\\.0)\\)`, 'm'));
});
