import { readFile } from 'node:fs/promises';
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

test('an interval too short to look is refused', async () => {
  await using sandbox = await createSandbox();
  expect(await sandbox.run(['watch', '--interval', '100ms'])).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('at least 200 ms') });
});
