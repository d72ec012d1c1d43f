import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { processesOf } from '../cli/own-processes.ts';
import { type CliResult, createSandbox } from '../cli/sandbox.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'fault-points.js')).href;
const run = promisify(execFile);
const isLinux = process.platform === 'linux';
const canMount = isLinux && process.getuid?.() === 0;

/** `full` fills the disk that state and sockets lie on. */
const faults = ['SIGINT', 'SIGTERM', 'SIGKILL', 'full'] as const;
type Fault = (typeof faults)[number];

/** Exit codes and signals that a command may end with. 0 is right when all was done before the fault could stop it. */
const ends: Readonly<Record<Fault, readonly (number | string)[]>> = { SIGINT: [0, 130], SIGTERM: [0, 143], SIGKILL: ['SIGKILL'], full: [0, 3] };

/** A command in which something goes wrong, and what was done before it. */
interface Scenario {
  readonly before: readonly (readonly string[])[];
  readonly args: readonly string[];
}

const up = { before: [], args: ['up', '--min', '1'] };
const change = { before: [up.args], args: ['up', '--min', '2'] };
const down = { before: [up.args], args: ['down'] };

/** A home whose state and sockets lie in a folder of their own, which is a small disk when it may be filled. */
async function createHome(isDisk: boolean) {
  await using stack = new AsyncDisposableStack();
  const sandbox = stack.use(await createSandbox());
  const disk = join(sandbox.folder, 'disk');
  await mkdir(disk);
  if (isDisk) {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    stack.defer(async () => void (await run('umount', ['--lazy', disk])));
  }
  const temporary = join(disk, 't');
  await mkdir(temporary);
  const env = { XDG_STATE_HOME: disk, TMPDIR: temporary };
  const pricectl = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    sandbox.run(args[0] === 'up' ? [...args, '--port', String(sandbox.port)] : args, { env: { ...env, ...more } });
  stack.defer(async () => void ((await processesOf(sandbox.folder)).length > 0 && (await pricectl(['down', '--quiet']))));
  const owned = stack.move();
  return { sandbox, disk, temporary, pricectl, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type Home = Awaited<ReturnType<typeof createHome>>;

/** The moments of a command at which a fault can happen, as a run of it passes them: the number of lines that it had printed, and what it was about to do. */
async function tracePoints({ before, args }: Scenario): Promise<readonly string[]> {
  await using home = await createHome(false);
  for (const step of before) await home.pricectl(step);
  const trace = join(home.sandbox.folder, 'trace');
  const result = await home.pricectl(args, { NODE_OPTIONS: `--import ${preload}`, FAULT_TRACE: trace });
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  const points = (await readFile(trace, 'utf8')).trimEnd().split('\n').filter((point) => !point.startsWith('0 read'));
  const titles = [...result.stderr.matchAll(/^ {2}\S (\w+)/gm)].map(([, title]) => title);
  expect(points.flatMap((point) => /line (\w+)$/.exec(point)?.[1] ?? [])).toEqual(expect.arrayContaining(titles));
  expect(titles.length).toBeGreaterThan(2);
  return points;
}

/** Lines that the command had printed at a moment: one a step, and `up` one before. */
function linesBefore(point: string): number {
  return Number.parseInt(point, 10);
}

const wanted = process.env['PRICECTL_FAULT_POINTS'];

/** One moment of every step; with `PRICECTL_FAULT_POINTS=all` all of them, and else those of this name. */
function choose(points: readonly string[]): readonly string[] {
  if (wanted !== undefined) return points.filter((point) => wanted === 'all' || wanted === point);
  const steps = Map.groupBy(points, linesBefore);
  return [...steps.values()].flatMap((ofStep) => ofStep[Math.floor(Math.random() * ofStep.length)] ?? []);
}

async function fail(home: Home, { before, args }: Scenario, fault: Fault, point: string): Promise<CliResult> {
  for (const step of before) expect(await home.pricectl(step)).toMatchObject({ exitCode: 0 });
  const result = await home.pricectl(args, { NODE_OPTIONS: `--import ${preload}`, FAULT: fault, FAULT_POINT: point, FAULT_DISK: home.disk });
  await rm(join(home.disk, 'fill'), { force: true });
  return result;
}

/** Fails unless `down` leaves no process, no socket and no state. */
async function expectDown(home: Home): Promise<void> {
  const result = await home.pricectl(['down']);
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  expect(await processesOf(home.sandbox.folder)).toEqual([]);
  expect(await readdir(home.temporary)).toEqual([]);
  expect(await readdir(join(home.disk, 'pricectl', 'local', 'pricectl'))).toEqual([]);
}

/** Fails unless `up` makes a service that answers, of one supervisor and its replicas. */
async function expectUp(home: Home, args: readonly string[]): Promise<void> {
  const result = await home.pricectl([...args, '--json']);
  expect(result, result.stdout).toMatchObject({ exitCode: 0 });
  expect(await home.pricectl(['price', 'P124'])).toMatchObject({ exitCode: 0, stdout: '49.5\n' });
  const { replicas } = result.json();
  await expect.poll(() => processesOf(home.sandbox.folder), { timeout: 20_000 }).toHaveLength(1 + replicas.ready);
  expect(await readdir(home.temporary)).toHaveLength(1);
}

interface Case {
  readonly fault: Fault;
  readonly point: string;
  /** Whether two steps would follow: one alone may be done before the signal is heard. */
  readonly isEarly: boolean;
  readonly isUpNext: boolean;
}

async function check(scenario: Scenario, { fault, point, isEarly, isUpNext }: Case): Promise<void> {
  await using home = await createHome(fault === 'full');
  const result = await fail(home, scenario, fault, point);
  const end = result.signal ?? result.exitCode;
  expect(isEarly && fault !== 'full' ? ends[fault].slice(-1) : ends[fault], result.stderr).toContain(end);
  expect(result.stderr).not.toMatch(/^\s+at |Bug/m);
  expect(result.stderr).toMatch(fault === 'full' && result.exitCode !== 0 ? /no space left on the disk/ : '');
  if (isUpNext) await expectUp(home, scenario === down ? up.args : scenario.args);
  await expectDown(home);
}

for (const [name, scenario] of Object.entries({ up, change, down })) {
  // An `up` that changes settings has the steps of any other: it is for a run by hand.
  test.runIf(isLinux && (scenario !== change || wanted !== undefined))(`${name} that is interrupted in any step is finished by up and by down`, { timeout: 1_800_000 }, async () => {
    const points = await tracePoints(scenario);
    const problems: string[] = [];
    const last = Math.max(...points.map(linesBefore));
    const chosen = faults.filter((fault) => fault !== 'full' || canMount).flatMap((fault) => choose(points).map((point) => ({ fault, point })));
    const cases = chosen.map((one, index) => ({ ...one, isEarly: linesBefore(one.point) < last - 2, isUpNext: index % 2 === 0 }));
    await inTurns(cases, 3, async (one) => {
      await check(scenario, one).catch((error: unknown) => problems.push(`${one.fault} at "${one.point}": ${String(error)}`));
    });
    expect(problems.join('\n')).toBe('');
  });
}

/** Works on items, so many at a time. */
async function inTurns<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
