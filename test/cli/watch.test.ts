import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';

const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const schemaFile = fileURLToPath(new URL('../../schemas/watch.json', import.meta.url));

/** A command under way, and what it has written to stdout so far. */
function startReading(sandbox: Sandbox, file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const own = { PATH: process.env['PATH'] ?? '', HOME: sandbox.folder, PRICECTL_TARGET: 'local', TERM: 'xterm', ...env };
  const child = execa(file, args, { cwd: sandbox.folder, env: own, extendEnv: false, reject: false, stripFinalNewline: false, timeout: 60_000, stdin: 'pipe' });
  const chunks: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk.toString()));
  return { child, written: () => chunks.join('') };
}

test('--json is a stream of moments, a line each, that goes on when the service ends', async () => {
  await using sandbox = await createSandbox();
  const { child, written } = startReading(sandbox, process.execPath, [launcher, 'watch', '--json', '--interval', '200ms']);
  const moments = () => written().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  const states = () => new Set(moments().map((moment) => moment.snapshot?.state));
  await vi.waitFor(() => expect(states()).toContain('absent'), 20_000);
  expect((await sandbox.run(['up', '--port', String(sandbox.port), '--quiet'])).exitCode).toBe(0);
  await vi.waitFor(() => expect(states()).toContain('ready'), 20_000);
  const load = sandbox.start(['loadtest', '--rate', '200/s', '--duration', '4s', '--json']);
  await vi.waitFor(() => expect(moments().some((moment) => moment.load?.progress.p95Ms > 0)).toBe(true), 20_000);
  const { id } = (await load.result).json();
  await vi.waitFor(() => expect(moments().flatMap((moment) => moment.events.map((event: { text: string }) => event.text))).toContain(`load test ${id} ended`), 20_000);
  expect((await sandbox.run(['down', '--keep-runs', '--quiet'])).exitCode).toBe(0);
  await vi.waitFor(() => expect(moments().at(-1).snapshot.state).toBe('absent'), 20_000);
  child.kill('SIGINT');
  expect(await child).toMatchObject({ exitCode: 130 });
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(await readFile(schemaFile, 'utf8')));
  const lines = moments();
  expect(lines.pop()).toMatchObject({ error: { code: 'PRICECTL_E_INTERRUPTED', exitCode: 130 } });
  for (const line of lines) expect(validate(line), JSON.stringify(validate.errors)).toBe(true);
});

test('without a terminal there are plain lines', async () => {
  await using sandbox = await createSandbox();
  const { child, written } = startReading(sandbox, process.execPath, [launcher, 'watch', '--interval', '200ms']);
  await vi.waitFor(() => expect(written()).toMatch(/^\d\d:\d\d:\d\d {2}absent\n$/), 20_000);
  child.kill('SIGTERM');
  expect(await child).toMatchObject({ exitCode: 143, stdout: expect.not.stringContaining('\u001B') });
});

/** xterm's private modes of a screen: taken, and given back. */
const taken = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const givenBack = '\u001B[?7h\u001B[?25h\u001B[?1049l';

// script(1) of Linux gives the command a terminal of its own; elsewhere its arguments are others.
describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['--timeout', 5],
  ] as const)('%s leaves it as it was', async (end, exitCode) => {
    await using sandbox = await createSandbox();
    const limit = end === '--timeout' ? '2s' : '60s';
    await sandbox.write('watch.sh', `stty rows 24 cols 80; echo $$ > pid; exec "${process.execPath}" "${launcher}" watch --timeout ${limit}`);
    const { child, written } = startReading(sandbox, 'script', ['--quiet', '--return', '--command', 'sh watch.sh', join(sandbox.folder, 'typescript')]);
    await vi.waitFor(() => expect(written()).toContain('not up: pricectl up starts it'), 20_000);
    if (end !== '--timeout') process.kill(Number(await sandbox.read('pid')), end);
    expect(await child).toMatchObject({ exitCode });
    expect(written().startsWith(taken)).toBe(true);
    expect(written().split(givenBack)).toEqual([expect.any(String), expect.not.stringContaining('\u001B[?')]);
  });
});

/** A watch as a page, and its address. */
async function startPage(sandbox: Sandbox, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = startReading(sandbox, process.execPath, [launcher, 'watch', '--web', '--interval', '200ms', ...args], env);
  await vi.waitFor(() => expect(command.written()).toMatch(/^ {2}http:\S+\n$/m), 20_000);
  return { ...command, url: /http:\S+/.exec(command.written())?.[0] ?? '' };
}

test('--web serves a page with a key until Ctrl-C', async () => {
  await using sandbox = await createSandbox();
  const { child, url } = await startPage(sandbox, []);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  expect(await (await fetch(url)).text()).toContain('<title>pricectl watch</title>');
  expect((await fetch(new URL('/', url))).status).toBe(403);
  const events = await fetch(new URL('events', url));
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = '';
  while (!told.includes('"state":"absent"')) told += (await reader?.read())?.value ?? '';
  child.kill('SIGINT');
  expect(await child).toMatchObject({ exitCode: 130 });
  for (let rest = await reader?.read(); rest?.value !== undefined; rest = await reader?.read()) told += rest.value;
  expect(told).toMatch(/event: end\ndata:\n\n$/);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test.skipIf(process.platform !== 'linux')('--open leads the desktop there by a file that only its owner can read', async () => {
  await using sandbox = await createSandbox();
  await chmod(await sandbox.write('xdg-open', '#!/bin/sh\ncp "$1" "$HOME/opened"\nstat -c %a "$1" > "$HOME/mode"\n'), 0o755);
  const { child, url } = await startPage(sandbox, ['--open'], { PATH: `${sandbox.folder}:${process.env['PATH']}` });
  await vi.waitFor(async () => expect(await sandbox.read('mode')).toBe('600\n'), 20_000);
  expect(await sandbox.read('opened')).toContain(`url=${url}"`);
  child.kill('SIGTERM');
  expect(await child).toMatchObject({ exitCode: 143 });
  const left = await readdir(join(sandbox.folder, '.local', 'state', 'pricectl'));
  expect(left.filter((name) => name.endsWith('.html'))).toEqual([]);
});

test('flags that contradict each other are refused', async () => {
  await using sandbox = await createSandbox();
  expect(await sandbox.run(['watch', '--web', '--json'])).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('PRICECTL_E_USAGE') });
  expect(await sandbox.run(['watch', '--open'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('give both') });
});

test('an interval too short to look is refused', async () => {
  await using sandbox = await createSandbox();
  expect(await sandbox.run(['watch', '--interval', '100ms'])).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('at least 200 ms') });
});
