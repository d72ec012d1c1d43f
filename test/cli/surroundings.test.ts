import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type CliResult, createSandbox, type Sandbox } from './sandbox.ts';

const run = promisify(execFile);
const launcher = join(import.meta.dirname, '../../bin/run.js');
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

/** Commands that need no place to keep anything, with the exit code that they end with when nothing is up. */
const homeless: readonly (readonly [exitCode: number, ...args: string[]])[] = [
  [0, '--help'],
  [0, '--version'],
  [0, 'completion', 'bash'],
  [0, 'render', '--target', 'minikube'],
  [3, 'price', 'P124', '--url', 'http://127.0.0.1:9'],
];

/** A disk without anything on it that nobody can write to, for as long as this isn't disposed of. */
async function mountReadOnly(path: string): Promise<AsyncDisposable> {
  await mkdir(path);
  await run('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', path]);
  return { [Symbol.asyncDispose]: async () => void (await run('umount', [path])) };
}

/** Fails for what no user should read: a stack, a warning of Node's, or the announcement of a bug. */
function expectCalm(results: readonly CliResult[]): void {
  for (const { stderr, stdout } of results) expect(stdout + stderr).not.toMatch(/^\s+at |Bug:|\(node:\d+\)/m);
}

async function expectNoHomeNeeded(sandbox: Sandbox, env: Readonly<Record<string, string>>): Promise<void> {
  const results = await Promise.all(homeless.map(([, ...args]) => sandbox.run(args, { env })));
  expect(results.map(({ exitCode }) => exitCode)).toEqual(homeless.map(([exitCode]) => exitCode));
  expectCalm(results);
}

/** Fails unless what must keep something says that it can't, why, and what to do. */
async function expectRefusal(sandbox: Sandbox, env: Readonly<Record<string, string>>, why: RegExp): Promise<void> {
  const results = [];
  for (const args of [['up', '--port', String(sandbox.port)], ['down']]) results.push(await sandbox.run([...args, '--quiet'], { env }));
  for (const result of results) {
    expect(result).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/^Error: [^\n]+\n {2}try: set XDG_STATE_HOME to a folder of yours[^\n]*\n$/) });
    expect(result.stderr).toMatch(why);
  }
  expectCalm(results);
}

async function expectService(sandbox: Sandbox, env: Readonly<Record<string, string>>): Promise<void> {
  const up = await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)], { env });
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  const results = [up, await sandbox.run(['price', 'P124'], { env }), await sandbox.run(['down'], { env })];
  expect(results[1]).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  expect(results[2]).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/is gone/) });
  expectCalm(results);
}

test('a home that is missing is made, and one that is a file or that an XDG variable replaces is no trouble', async () => {
  await using sandbox = await createSandbox();
  const file = await sandbox.write('file', '');
  await expectService(sandbox, { HOME: join(sandbox.folder, 'missing') });
  await expectNoHomeNeeded(sandbox, { HOME: file });
  await expectRefusal(sandbox, { HOME: file }, /is not a directory/);
  await expectRefusal(sandbox, { XDG_STATE_HOME: file }, /is not a directory/);
  await expectService(sandbox, { HOME: file, XDG_STATE_HOME: join(sandbox.folder, 'state') });
});

test.runIf(canMount)('on a read-only disk what needs no home works, and the rest says why it does not', async () => {
  await using sandbox = await createSandbox();
  const HOME = join(sandbox.folder, 'ro');
  await using _disk = await mountReadOnly(HOME);
  await expectNoHomeNeeded(sandbox, { HOME });
  await expectRefusal(sandbox, { HOME }, /the file system is read-only/);
  expect(await sandbox.run(['status', '--json'], { env: { HOME } })).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/"absent"/) });
  expect(await sandbox.run(['runs', 'list', '--json'], { env: { HOME } })).toMatchObject({ exitCode: 0 });
  const up = await sandbox.run(['up', '--port', String(sandbox.port)], { env: { TMPDIR: HOME } });
  expect(up).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/can't make a folder in .*: the file system is read-only\n {2}try: set TMPDIR/) });
  expectCalm([up]);
});

test('a temporary folder that is missing stops up with a reason, and down finds what was made in another one', async () => {
  await using sandbox = await createSandbox();
  const missing = { TMPDIR: join(sandbox.folder, 'none') };
  const up = await sandbox.run(['up', '--port', String(sandbox.port)], { env: missing });
  expect(up).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/can't make a folder in .*none: no such file or directory\n {2}try: set TMPDIR/) });
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  expect(await sandbox.run(['price', 'P124'], { env: missing })).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  expect(await sandbox.run(['down'], { env: missing })).toMatchObject({ exitCode: 0 });
});

test('a folder may have any name, also one that is longer than the path of a socket', async () => {
  await using sandbox = await createSandbox();
  const folder = join(sandbox.folder, `new\nline \u00fc\u{1f4b6} $(x) \`y\` %s --z ;`, 'a'.repeat(200));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'p.txt'), 'P124,1.5\n');
  const pricectl = (...args: readonly string[]) => sandbox.run(args, { cwd: folder, env: { HOME: folder, TMPDIR: folder } });
  expect(await pricectl('up', '--min', '1', '--port', String(sandbox.port), '--prices', 'p.txt')).toMatchObject({ exitCode: 0 });
  expect(await pricectl('price', 'P124')).toMatchObject({ exitCode: 0, stdout: '1.5\n' });
  expect(await pricectl('loadtest', '--vus', '1', '--duration', '1s')).toMatchObject({ exitCode: 0 });
  const { id } = (await pricectl('runs', 'list', '--json')).json().runs[0];
  expect(await pricectl('report', id, '--output', 'r.html')).toMatchObject({ exitCode: 0 });
  expect((await readdir(folder)).toSorted()).toEqual(['.local', 'p.txt', 'r.html']);
  expect(await pricectl('logs')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ready: 1 prices/) });
  expect(await pricectl('down')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/is gone/) });
});

test.runIf(process.platform === 'linux')('in a folder that was removed every command says so', async () => {
  await using sandbox = await createSandbox();
  for (const args of [['price', 'P124'], ['status'], ['up'], ['down'], ['completion', 'bash']]) {
    const cwd = join(sandbox.folder, 'gone');
    await mkdir(cwd);
    const child = spawn('/bin/sh', ['-c', 'rmdir "$PWD"; exec "$0" "$@"', process.execPath, launcher, ...args], { cwd, env: { PATH: process.env['PATH'], HOME: sandbox.folder }, stdio: ['ignore', 'ignore', 'pipe'] });
    const exit = once(child, 'exit');
    expect(await text(child.stderr), args.join(' ')).toBe('Error: the working folder was removed\n  try: change to another folder\n');
    expect(await exit).toEqual([3, null]);
  }
});

/** Where the language, the terminal and the time zone are others. */
const locales = [{}, { LC_ALL: 'C' }, { LANG: 'POSIX', TERM: 'dumb' }, { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'Asia/Tokyo' }, { LANG: 'xx_XX', NO_COLOR: '1' }];

test('words and figures are the same in every locale and on every terminal', async () => {
  await using sandbox = await createSandbox();
  const many = await sandbox.write('many.txt', Array.from({ length: 1_234 }, (_, id) => `${id},1.5\n`).join(''));
  expect((await sandbox.run(['prices', 'check', many])).stdout).toMatch(/1,234 rows/);
  for (const args of [['prices', 'check', many], ['up', '--dry-run', '--min', '5'], ['render', '--target', 'minikube'], ['loadtest', '--help']]) {
    const results = await Promise.all(locales.map((env) => sandbox.run(args, { env })));
    const told = results.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr: stderr.replaceAll(/\s+[\d.]+ m?s\b/g, '').replaceAll(/:\d+/g, '') }));
    for (const one of told) expect(one).toEqual(told[0]);
    expectCalm(results);
  }
});
