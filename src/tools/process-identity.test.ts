import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { identifyProcess, isRunning, signalProcess } from './process-identity.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function startSleeper(): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('no pid');
  return { child, pid: child.pid };
}

test('a running process is identified the same way each time', async () => {
  const { pid } = await startSleeper();
  const first = await identifyProcess(pid);
  expect(first).toEqual({ pid, startedAt: expect.stringMatching(/\S/) });
  expect(await identifyProcess(pid)).toEqual(first);
});

test('a process with a name full of spaces and parentheses is identified', async () => {
  const child = spawn(process.execPath, ['-e', 'process.title = ") (x) 1 2"; process.stdout.write("."); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  const identity = await identifyProcess(child.pid ?? 0);
  const plain = await identifyProcess(process.pid);
  expect(identity?.startedAt.split('/')[0]).toBe(plain?.startedAt.split('/')[0]);
  expect(identity?.startedAt).toMatch(process.platform === 'linux' ? /\/\d+$/ : /\d{4}$/);
});

test('nobody runs under the pid of a process that has ended', async () => {
  const { child, pid } = await startSleeper();
  const identity = await identifyProcess(pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await identifyProcess(pid)).toBeUndefined();
  expect(await isRunning(identity ?? { pid, startedAt: '' })).toBe(false);
});

test('a process that started at another time under the same pid is another one, and gets no signal', async () => {
  const { child, pid } = await startSleeper();
  const other = { pid, startedAt: 'long ago' };
  expect(await isRunning(other)).toBe(false);
  expect(await signalProcess(other, 'SIGKILL')).toBe(false);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
});

test('a signal reaches the process that is meant', async () => {
  const { child, pid } = await startSleeper();
  const identity = await identifyProcess(pid);
  if (identity === undefined) throw new Error('not found');
  const ended = once(child, 'exit');
  expect(await signalProcess(identity, 'SIGTERM')).toBe(true);
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(await signalProcess(identity, 'SIGTERM')).toBe(false);
});

test.runIf(process.platform === 'linux')('a zombie is nobody', async () => {
  // The shell starts a child and becomes a program that never waits for it.
  const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(shell);
  const [output] = await once(shell.stdout, 'data');
  const pid = Number(String(output));
  await expect.poll(() => identifyProcess(pid)).toBeUndefined();
});
