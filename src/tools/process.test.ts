import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { waitUntil } from './clock.ts';
import { readTextIfThere } from './files.ts';
import { identifyProcess, isRunning, type ProcessIdentity, signalProcess } from './process-identity.ts';
import { createProcesses, type ProcessSpec, ToolFailedError } from './process.ts';

const processes = createProcesses();
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A run of a JavaScript program. */
function program(code: string, changes: Partial<ProcessSpec> = {}): ProcessSpec {
  return { file: process.execPath, args: ['-e', code], env: { PATH: process.env['PATH'] }, timeoutMs: 20_000, signal: new AbortController().signal, ...changes };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pricectl tools' "));
  cleanUps.push(() => rm(folder, { recursive: true }));
  return folder;
}

/** The process that a line of output names; it is killed after the test whatever happens. */
async function identify(line: string): Promise<ProcessIdentity> {
  const identity = await identifyProcess(Number(line));
  if (identity === undefined) throw new Error(`no process ${line}`);
  cleanUps.push(() => signalProcess(identity, 'SIGKILL'));
  return identity;
}

async function expectEnd(identity: ProcessIdentity): Promise<void> {
  await waitUntil({
    poll: () => isRunning(identity),
    isDone: (isThere) => !isThere,
    describe: () => `process ${identity.pid} is still there`,
    everyMs: 10,
    timeoutMs: 10_000,
  });
}

/** All were signalled together; each takes its moment to be gone. */
async function expectGone(pids: readonly string[]): Promise<void> {
  expect(pids).toHaveLength(2);
  const left = async () => (await Promise.all(pids.map((pid) => identifyProcess(Number(pid))))).filter((found) => found !== undefined);
  await waitUntil({ poll: left, isDone: ({ length }) => length === 0, describe: () => 'a process is left', everyMs: 10, timeoutMs: 2_000 });
}

async function firstLine(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) return line;
  throw new Error('no line');
}

/** Prints its own pid and that of a child which keeps its stdout open; both go on for ever. */
const family = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log(process.pid + '\\n' + child.pid);
  setInterval(() => {}, 1000);
`;

/** As `family`, and neither ends of SIGTERM. */
const stubbornFamily = `
  process.on('SIGTERM', () => {});
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log(process.pid);
  setInterval(() => {}, 1000);
`;

test('arguments arrive as they are, no shell sees them', async () => {
  const args = ['$HOME', "it's", '"two words"', '', '*', 'ü\n;'];
  const { stdout } = await processes.run({ ...program(''), args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...args] });
  expect(JSON.parse(stdout)).toEqual(args);
});

test('stdin and the environment are what was given, and nothing else', async () => {
  const code = 'process.stdin.pipe(process.stdout); process.stdin.on("end", () => console.log(JSON.stringify(process.env)))';
  const { stdout } = await processes.run(program(code, { input: 'häh\n', env: { A: '1', B: undefined } }));
  expect(stdout).toBe('häh\n{"A":"1"}');
  await expect(processes.run(program('process.stdin.pipe(process.stdout)'))).resolves.toMatchObject({ stdout: '' });
});

test('an exit code that is no answer is a failure with the last lines of stderr and no argument of a flag', async () => {
  const code = 'for (let i = 1; i <= 30; i++) console.error("line " + i + " https://me:geheim@proxy/ Authorization: Bearer abcdefghijkl"); process.exitCode = 3';
  const failure: unknown = await processes.run({ ...program(code), args: ['-e', code, '--', '--token', 'hunter2'] }).catch((error: unknown) => error);
  if (!(failure instanceof ToolFailedError)) throw failure;
  expect(failure).toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', kind: 'tool', exitCode: 3 });
  expect(failure.message).toMatch(/^node failed \(exit code 3\):\n {2}line 21 /);
  expect(failure.message.split('\n')).toHaveLength(11);
  expect(failure.message).not.toMatch(/hunter2|geheim|abcdefgh/);
  expect(Object.keys(failure)).not.toContain('command');
});

test('an exit code that is an answer is none', async () => {
  await expect(processes.run(program('process.exitCode = 7', { okExitCodes: [0, 7] }))).resolves.toMatchObject({ exitCode: 7 });
  await expect(processes.run(program('process.exitCode = 0', { okExitCodes: [7] }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED' });
});

test('an end by a signal is a failure without an exit code', async () => {
  const failure: unknown = await processes.run(program('process.kill(process.pid, "SIGKILL")')).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', exitCode: undefined });
  expect(String(failure)).toContain('ended by SIGKILL');
});

test('a program that is not there, a folder that is not there and a program that cannot start are told apart', async () => {
  const folder = await temporaryFolder();
  await expect(processes.run(program('', { file: 'no-such-tool' }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING', kind: 'environment' });
  await expect(processes.run(program('', { cwd: join(folder, 'none') }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FOLDER', kind: 'environment' });
  const orphan = join(folder, 'orphan');
  await writeFile(orphan, '#!/no/such/interpreter\n');
  await expect(processes.run(program('', { file: orphan }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  await chmod(orphan, 0o700);
  await expect(processes.run(program('', { file: orphan }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_UNUSABLE', kind: 'environment' });
});

test('a time-out ends the children too, and at once', async () => {
  const pids: string[] = [];
  const run = processes.follow(program(family, { timeoutMs: 1_000 }), (line) => pids.push(line));
  await expect(run).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_TIMEOUT', kind: 'timeout' });
  await expectGone(pids);
});

test('an abort ends the children too, and its reason is thrown', async () => {
  const abort = new AbortController();
  const pids: string[] = [];
  const run = processes.follow(program(family, { signal: abort.signal }), (line) => {
    if (pids.push(line) === 2) abort.abort(new Error('enough'));
  });
  await expect(run).rejects.toThrow('enough');
  await expectGone(pids);
});

test('who ignores SIGTERM is killed, children too', { timeout: 60_000 }, async () => {
  const abort = new AbortController();
  const pids: string[] = [];
  const run = processes.follow(program(stubbornFamily, { signal: abort.signal }), (line) => {
    if (pids.push(line) === 2) abort.abort(new Error('enough'));
  });
  await expect(run).rejects.toThrow('enough');
  await expectGone(pids);
});

test('nothing is started for a signal that has aborted', async () => {
  const signal = AbortSignal.abort(new Error('before'));
  await expect(processes.run(program('', { signal, file: 'no-such-tool' }))).rejects.toThrow('before');
  await expect(processes.start(program('', { signal, file: 'no-such-tool' }))).rejects.toThrow('before');
});

test('lines come whole, wherever the writes were cut', async () => {
  const code = `
    const bytes = Buffer.from('äö\\u2028x\\r\\n\\nlast');
    const step = (i) => i < bytes.length && process.stdout.write(bytes.subarray(i, i + 1), () => setImmediate(step, i + 1));
    process.stderr.write('err', () => step(0));
  `;
  const lines: string[] = [];
  const { stdout } = await processes.follow(program(code), (line, stream) => lines.push(`${stream} ${line}`));
  expect(lines.filter((line) => line.startsWith('stdout'))).toEqual(['stdout äö\u2028x', 'stdout ', 'stdout last']);
  expect(lines).toContain('stderr err');
  expect(stdout).toBe('äö\u2028x\r\n\nlast');
});

test('a background process gives its lines and ends with its children on disposal', async () => {
  const background = await processes.start(program(family));
  const pids: string[] = [];
  for await (const line of background.lines) if (pids.push(line) === 2) break;
  const [parent, child] = await Promise.all(pids.map(identify));
  await background[Symbol.asyncDispose]();
  expect(await background.ended).toBeUndefined();
  if (parent === undefined || child === undefined) throw new Error('no family');
  await expectEnd(parent);
  await expectEnd(child);
});

test('a background process that ignores SIGTERM ends on disposal too', { timeout: 60_000 }, async () => {
  const background = await processes.start(program(stubbornFamily));
  const pids: string[] = [];
  for await (const line of background.lines) if (pids.push(line) === 2) break;
  const identities = await Promise.all(pids.map(identify));
  await background[Symbol.asyncDispose]();
  for (const identity of identities) await expectEnd(identity);
});

test('a background process outlives its reader, and its later lines harm nobody', async () => {
  const done = join(await temporaryFolder(), 'done');
  const code = `
    const write = (n) => process.stdout.write('x'.repeat(100) + '\\n', () => n < 5_000 ? write(n + 1) : require('node:fs').writeFileSync(${JSON.stringify(done)}, ''));
    write(0);
    setInterval(() => {}, 1000);
  `;
  await using background = await processes.start(program(code));
  await firstLine(background.lines);
  expect(await waitUntil({ poll: () => readTextIfThere(done), isDone: (text) => text !== undefined, describe: () => 'it stopped writing', everyMs: 10, timeoutMs: 10_000 })).toBe('');
});

test('the end of a background process is told: none for 0, else why', async () => {
  await using fine = await processes.start(program('console.log("bye")'));
  expect(await firstLine(fine.lines)).toBe('bye');
  expect(await fine.ended).toBeUndefined();
  await using failed = await processes.start(program('console.error("broken"); process.exitCode = 5'));
  const failure = await failed.ended;
  expect(failure).toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', exitCode: 5 });
  expect(String(failure)).toMatch(/exit code 5.*\n {2}broken$/);
});

test('a background process gets its arguments as they are, and may be called as a word of the shell', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'exit'), `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)))`, { mode: 0o700 });
  const args = ['$(id)', "it's", '', '*'];
  await using background = await processes.start({ file: 'exit', args, env: { PATH: folder }, signal: new AbortController().signal });
  expect(JSON.parse(await firstLine(background.lines))).toEqual(args);
});

test('a background process that cannot start is told at once', async () => {
  await expect(processes.start(program('', { file: 'no-such-tool' }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  await expect(processes.start(program('', { cwd: '/no/such/folder' }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FOLDER' });
});

test('the signal ends a background process', async () => {
  const abort = new AbortController();
  await using background = await processes.start(program(family, { signal: abort.signal }));
  const identity = await identify(await firstLine(background.lines));
  abort.abort(new Error('enough'));
  expect(await background.ended).toBeUndefined();
  await expectEnd(identity);
});

test.each([
  ['one that ends of SIGTERM', family],
  ['one that ignores it', stubbornFamily],
])('a background process ends when its starter is killed: %s', async (_name, code) => {
  const starter: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'process-parent.fixture.ts'), process.execPath, '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUps.push(() => starter.kill('SIGKILL'));
  const identities: ProcessIdentity[] = [];
  if (starter.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface(starter.stdout)) {
    identities.push(await identify(line));
    if (identities.length === 2) break;
  }
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  for (const identity of identities) await expectEnd(identity);
});
