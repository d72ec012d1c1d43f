import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';

const launcher = join(import.meta.dirname, '../../bin/run.js');
const local = ['--target', 'local'];
const ids = Array.from({ length: 40 }, () => 'P124');

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.run(['up', '--min', '1', '--port', String(sandbox.port)]);
  await sandbox.run(['loadtest', '--vus', '1', '--duration', '1s']);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** How a command ended, and what it said where somebody listened. */
interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Starts a command as a user does, in no environment of tests: so `price` goes without oclif. */
function start(args: readonly string[], stdio: readonly ('ignore' | 'pipe' | number)[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...args], { cwd: sandbox.folder, env: { PATH: process.env['PATH'], HOME: sandbox.folder }, stdio: [...stdio] });
}

/** A command of which one output is closed by its reader, before it says anything or after its first bytes. */
async function runUnread(args: readonly string[], unread: 'stdout' | 'stderr', when: 'at once' | 'after its first bytes'): Promise<Ending> {
  const child = start(args, ['ignore', 'pipe', 'pipe']);
  const exit = once(child, 'exit');
  const [closed, read] = unread === 'stdout' ? [child.stdout, child.stderr] : [child.stderr, child.stdout];
  if (closed === null || read === null) throw new Error('no pipes');
  if (when === 'at once') closed.destroy();
  else closed.once('data', () => closed.destroy());
  const said = text(read);
  const [exitCode, signal] = await exit;
  return { exitCode, signal, said: await said };
}

/** A command whose stdout leads to a full disk. */
async function runOnFullDisk(args: readonly string[]): Promise<Ending> {
  await using full = await open('/dev/full', 'w');
  const child = start(args, ['ignore', full.fd, 'pipe']);
  const exit = once(child, 'exit');
  if (child.stderr === null) throw new Error('no pipe');
  const said = await text(child.stderr);
  const [exitCode, signal] = await exit;
  return { exitCode, signal, said };
}

const whole: readonly (readonly string[])[] = [
  ['--help'],
  ['completion', 'zsh'],
  ['render', '--target', 'minikube'],
  ['status', ...local],
  ['status', '--json', ...local],
  ['price', 'P124', ...local],
  ['price', ...ids, ...local],
  ['price', ...ids, ...local, '--json'],
  ['prices', 'show', ...local],
  ['doctor', ...local],
  ['autoscaler', 'explain', ...local],
  ['runs', 'list'],
  ['runs', 'list', '--json'],
  ['loadtest', '--vus', '1', '--duration', '1s', ...local],
];

test.for(whole.map((args) => [args.slice(0, 3).join(' '), args] as const))('%s ends well although nobody reads it', async ([, args]) => {
  const calm = { exitCode: 0, signal: null, said: expect.not.stringMatching(/^\s+at |Bug:|EPIPE/m) };
  expect(await runUnread(args, 'stdout', 'at once')).toMatchObject(calm);
  expect(await runUnread(args, 'stdout', 'after its first bytes')).toMatchObject(calm);
});

/** The reader of these leaves before it has read: of what is told later they hear only when they tell it. */
const seldom: readonly (readonly string[])[] = [['logs', '--follow'], ['autoscaler', 'explain', '--watch'], ['watch']];

test('a command that goes on ends with the first thing that nobody reads', async () => {
  const ended = { exitCode: 143, signal: null, said: 'terminated\n' };
  for (const args of seldom) expect(await runUnread([...args, ...local], 'stdout', 'at once')).toEqual(ended);
  expect(await runUnread(['watch', '--json', ...local], 'stdout', 'after its first bytes')).toEqual({ ...ended, said: '' });
});

test('what nobody watches is done all the same', async () => {
  const prices = await sandbox.write('new.txt', 'P124,50.5\n');
  expect(await runUnread(['up', '--max', '5', ...local], 'stdout', 'at once')).toMatchObject({ exitCode: 0 });
  expect((await sandbox.run(['status', '--json'])).json()).toMatchObject({ state: 'ready', replicas: { max: 5 } });
  expect(await runUnread(['prices', 'push', prices, ...local], 'stderr', 'at once')).toMatchObject({ exitCode: 0 });
  expect(await runUnread(['price', 'P124', ...local], 'stderr', 'at once')).toMatchObject({ exitCode: 0, said: '50.5\n' });
  const before = (await sandbox.run(['runs', 'list', '--json'])).json().runs.length;
  const load = await runUnread(['loadtest', '--vus', '1', '--duration', '1s', ...local], 'stderr', 'after its first bytes');
  expect(load).toMatchObject({ exitCode: 0, said: expect.stringMatching(/^PASSED/) });
  expect((await sandbox.run(['runs', 'list', '--json'])).json().runs).toHaveLength(before + 1);
});

test.runIf(process.platform === 'linux')('a result that can not be written is an error, not a success', async () => {
  const commands = [['price', 'P124', ...local], ['price', 'P124', '--json', ...local], ['status', ...local], ['status', '--json', ...local], ['runs', 'list'], ['completion', 'bash'], ['watch', ...local], ['up', ...local]];
  for (const args of commands) {
    expect(await runOnFullDisk(args), args.join(' ')).toEqual({ exitCode: 3, signal: null, said: expect.stringMatching(/(^|\n)Error: can't print: .*no space left[^\n]*\n$/) });
  }
});

test.runIf(process.platform !== 'win32')('with no input and no outputs at all a command does its work', async () => {
  const closed = (args: readonly string[]) => {
    const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" <&- >&- 2>&-', process.execPath, launcher, ...args, ...local], { cwd: sandbox.folder, env: { PATH: process.env['PATH'], HOME: sandbox.folder }, stdio: 'ignore' });
    return once(child, 'exit');
  };
  expect(await closed(['up', '--max', '4'])).toEqual([0, null]);
  expect(await closed(['price', 'P124'])).toEqual([0, null]);
  expect(await closed(['price', 'NOPE'])).toEqual([6, null]);
  expect((await sandbox.run(['status', '--json'])).json()).toMatchObject({ state: 'ready', replicas: { max: 4 } });
});
