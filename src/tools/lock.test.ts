import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { acquireLock } from './lock.ts';
import { identifyProcess } from './process-identity.ts';

const children: ChildProcess[] = [];
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pricectl lock's "));
  path = join(folder, 'deep', 'service.lock');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function lock(command: string, clock = systemClock) {
  return acquireLock({ path, top: folder, command, clock });
}

async function runHolder(args: readonly string[]): Promise<{ output: string; exitCode: number | null; signal: string | null }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lock-holder.fixture.ts'), path, join(folder, 'guard'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [output, [exitCode, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { output, exitCode, signal };
}

async function leaveStaleLock(): Promise<void> {
  expect(await runHolder(['1', 'die'])).toMatchObject({ signal: 'SIGKILL' });
  await access(path);
}

test('the second to ask is told who holds the lock, for what and since when', async () => {
  await using _held = await lock('pricectl up', { ...systemClock, now: () => 1_000_000 });
  const failure = await lock('pricectl down', { ...systemClock, now: () => 1_012_000 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'PRICECTL_E_LOCKED', kind: 'environment' });
  expect(String(failure)).toContain(`\`pricectl up\` (pid ${process.pid}) has been changing this service for 12 s`);
});

test('after disposal the lock is free and nothing is left', async () => {
  for (const command of ['first', 'second']) {
    await using _held = await lock(command);
    await expect(access(path)).resolves.toBeUndefined();
  }
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('the lock of a process that was killed is taken over', async () => {
  await leaveStaleLock();
  await using _held = await lock('pricectl up');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ holder: { pid: process.pid } });
  expect(await readdir(join(folder, 'deep'))).toEqual(['service.lock']);
});

test('the lock of a pid that another process has now is taken over', async () => {
  await leaveStaleLock();
  const claim = JSON.parse(await readFile(path, 'utf8'));
  const self = await identifyProcess(process.pid);
  await writeFile(path, JSON.stringify({ ...claim, holder: { ...self, startedAt: 'long ago' } }));
  await using _held = await lock('pricectl up');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ holder: self });
});

test('a chain of successors that all died ends with the one that lives', async () => {
  await leaveStaleLock();
  const claim = JSON.parse(await readFile(path, 'utf8'));
  const second = { ...claim, token: '00000000-0000-4000-8000-000000000002' };
  await writeFile(`${path}.${claim.token}`, JSON.stringify(second));
  {
    await using _held = await lock('pricectl up');
    expect(await readdir(join(folder, 'deep'))).toEqual(['service.lock']);
  }
  await leaveStaleLock();
  const stale = JSON.parse(await readFile(path, 'utf8'));
  const living = { ...second, holder: await identifyProcess(process.pid) };
  await writeFile(`${path}.${stale.token}`, JSON.stringify(living));
  await expect(lock('pricectl up')).rejects.toMatchObject({ code: 'PRICECTL_E_LOCKED' });
});

test.each(['', '{"token":', '[]', '{"token":"../../etc","holder":{"pid":1,"startedAt":""},"command":"","since":0}'])(
  'a lock file that holds %j is taken over',
  async (content) => {
    {
      await using _held = await lock('make the folder');
    }
    await writeFile(path, content);
    await using _held = await lock('pricectl up');
    expect(await readdir(join(folder, 'deep'))).toEqual(['service.lock']);
  },
);

test('of many processes that find a stale lock, never two hold it at once, also when holders die', { timeout: 30_000 }, async () => {
  await leaveStaleLock();
  const rounds = ['6', '6', '6', '3', '2', '1'];
  const runs = await Promise.all(rounds.map((count, index) => runHolder(index < 3 ? [count] : [count, 'die'])));
  // A second holder would have found the guard file and failed.
  expect(runs.map((run) => run.signal ?? run.exitCode)).toEqual([0, 0, 0, 'SIGKILL', 'SIGKILL', 'SIGKILL']);
});

test('of many that find the same stale lock one takes it over', async () => {
  await leaveStaleLock();
  const stale = await readFile(path, 'utf8');
  for (let round = 0; round < 40; round += 1) {
    await writeFile(path, stale);
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lock('pricectl up')));
    const held = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? attempt.value : []));
    expect(held).toHaveLength(1);
    for (const one of held) await one[Symbol.asyncDispose]();
  }
});

test('a process that dies between its claim and the lock leaves nothing for long', async () => {
  {
    await using _held = await lock('make the folder');
  }
  // No process has a pid beyond the 2^22 of Linux and the 99,998 of macOS.
  await writeFile(`${path}.9999999.00000000-0000-4000-8000-000000000003.claim`, '{"half');
  const underWay = `service.lock.${process.pid}.00000000-0000-4000-8000-000000000004.claim`;
  await writeFile(join(folder, 'deep', underWay), '{"half');
  await using _held = await lock('pricectl up');
  expect(await readdir(join(folder, 'deep'))).toEqual(['service.lock', underWay]);
});

test('nothing is locked in a folder that others can reach from above', async () => {
  await lock('make the folder').then((held) => held[Symbol.asyncDispose]());
  await chmod(folder, 0o777);
  await expect(lock('pricectl down')).rejects.toMatchObject({ code: 'PRICECTL_E_SHARED_FOLDER', message: expect.stringContaining(folder) });
});
