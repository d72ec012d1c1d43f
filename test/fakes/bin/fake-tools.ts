import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One call that a test expects of a tool, and what comes of it. */
export interface FakeCall {
  /** Compared one by one; `<any>` in one stands for any text. */
  readonly args: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** How often it may come: once without it, `any` also never. */
  readonly times?: number | 'any';
  /** It goes on until a signal ends it. */
  readonly hangs?: true;
  /** Of `kubectl proxy --unix-socket=...`: what the API answers, by method and path with its query. Goes on until a signal ends it. */
  readonly api?: Readonly<Record<string, FakeAnswer>>;
}

/** What a fake API answers: as the server does, 200 without a status; as the proxy that can't reach its server; never; or the proxy ends. */
export type FakeAnswer = { readonly status?: number; readonly body: unknown } | { readonly proxyFailure: string } | 'unreachable' | 'hangs' | 'dies';

/** Tools on a PATH of their own. A tool without a script isn't there. */
export interface FakeTools extends AsyncDisposable {
  /** Folder for the PATH. */
  readonly path: string;
  /** Commands so far, in order: tool and arguments. */
  calls(): Promise<readonly (readonly string[])[]>;
  /** Commands that haven't ended. */
  running(): Promise<readonly (readonly string[])[]>;
  /** Pids of all invocations so far. */
  pids(): Promise<readonly number[]>;
  /** What the API was asked so far: method and path. */
  questions(): Promise<readonly string[]>;
  /** Throws when a call is left, or when one was made that no script has: that ended with 99 and said so. */
  assertUsedUp(): Promise<void>;
}

/**
 * Puts strict stand-ins for tools into a temporary folder. An invocation takes the first call of its tool's script with its arguments that isn't used
 * up, so tools may run side by side while answers to the same question come in their order.
 */
export async function installFakeTools(scripts: Readonly<Record<string, readonly FakeCall[]>>): Promise<FakeTools> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-fakes-'));
  const path = join(folder, 'bin');
  await mkdir(path);
  for (const [tool, script] of Object.entries(scripts)) {
    const state = join(folder, tool);
    await mkdir(state);
    await writeFile(join(state, 'script.json'), JSON.stringify(script));
    const launcher = `#!/bin/sh\nexec '${process.execPath}' '${import.meta.filename}' '${tool}' '${state}' "$@"\n`;
    await writeFile(join(path, tool), launcher, { mode: 0o700 });
  }
  const records = async () => {
    const found = await Promise.all(Object.keys(scripts).map(async (tool) => (await readdir(join(folder, tool))).filter((name) => name.startsWith('record-')).map((name) => join(folder, tool, name))));
    const texts = await Promise.all(found.flat().map((file) => readFile(file, 'utf8')));
    return texts.map((text) => ownJson<FakeRecord>(text)).toSorted((a, b) => a.atMs - b.atMs);
  };
  return {
    path,
    calls: async () => (await records()).map(({ command }) => command),
    running: async () => (await records()).filter(({ pid }) => isThere(pid)).map(({ command }) => command),
    pids: async () => (await records()).map(({ pid }) => pid),
    async questions() {
      const texts = await Promise.all(Object.keys(scripts).map((tool) => readFile(join(folder, tool, 'questions'), 'utf8').catch(() => '')));
      return texts.join('').split('\n').slice(0, -1);
    },
    async assertUsedUp() {
      const made = await records();
      const strays = made.flatMap(({ stray }) => stray ?? []);
      const left = Object.entries(scripts).flatMap(([tool, script]) =>
        script.flatMap(({ args, times = 1 }, index) => {
          const count = made.filter((record) => record.command[0] === tool && record.index === index).length;
          return times === 'any' || count >= times ? [] : [`called ${count} of ${times} times: ${JSON.stringify([tool, ...args])}`];
        }),
      );
      if (strays.length + left.length > 0) throw new Error([...strays, ...left].join('\n'));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What an invocation leaves behind. */
interface FakeRecord {
  readonly atMs: number;
  readonly pid: number;
  readonly command: readonly string[];
  /** Which call of the script it took. */
  readonly index?: number;
  readonly stray?: string;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What the launcher runs: `<tool> <state folder> <arguments>`. */
function playTool([tool = '', state = '', ...args]: readonly string[]): void {
  const script = ownJson<readonly FakeCall[]>(readFileSync(join(state, 'script.json'), 'utf8'));
  const record = (rest: Pick<FakeRecord, 'index' | 'stray'>) => {
    const made: FakeRecord = { atMs: performance.timeOrigin + performance.now(), pid: process.pid, command: [tool, ...args], ...rest };
    writeFileSync(join(state, `record-${process.pid}-${readdirSync(state).length}`), JSON.stringify(made));
  };
  const stray = (what: string) => {
    record({ stray: `unscripted: ${what}` });
    process.stderr.write(`unscripted: ${what}\n`);
  };
  const index = script.findIndex((call, index) => isSame(call.args, args) && claim(state, index, call.times ?? 1));
  const call = script[index];
  if (call === undefined) {
    stray(JSON.stringify([tool, ...args]));
    process.exitCode = 99;
    return;
  }
  record({ index });
  process.stdout.write(call.stdout ?? '');
  process.stderr.write(call.stderr ?? '');
  process.exitCode = call.exitCode ?? 0;
  if (call.hangs) setInterval(() => {}, 60_000);
  if (call.api) serveApi(call.api, args, (question) => appendFileSync(join(state, 'questions'), `${question}\n`), stray);
}

/** Takes one of the times that a call may come; folders are made by one process only. */
function claim(state: string, index: number, times: number | 'any'): boolean {
  if (times === 'any') return true;
  for (let time = 1; time <= times; time++) {
    try {
      mkdirSync(join(state, `claim-${index}-${time}`));
      return true;
    } catch {}
  }
  return false;
}

function serveApi(api: NonNullable<FakeCall['api']>, args: readonly string[], note: (question: string) => void, stray: (what: string) => void): void {
  const socket = args.find((arg) => arg.startsWith('--unix-socket='))?.slice('--unix-socket='.length) ?? '';
  const server = createServer((request, response) => {
    const question = `${request.method} ${request.url}`;
    note(question);
    const answer = api[question];
    if (answer === undefined) stray(question);
    request.resume();
    if (answer === 'hangs') return;
    if (answer === 'dies') process.exit(1);
    if (answer === 'unreachable' || (answer !== undefined && 'proxyFailure' in answer)) {
      const failure = answer === 'unreachable' ? 'dial tcp 192.0.2.1:8443: connect: connection refused' : answer.proxyFailure;
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`${failure}\n`);
      return;
    }
    const { status = 200, body } = answer ?? { status: 501, body: { kind: 'Status', code: 501, reason: 'Unscripted', message: `unscripted: ${question}` } };
    response.writeHead(status, { 'content-type': 'application/json', 'audit-id': 'fake' }).end(JSON.stringify(body));
  });
  server.listen(socket, () => process.stdout.write(`Starting to serve on ${socket}\n`));
}

/** What this file itself wrote. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- both ends are in this file
function ownJson<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both ends are in this file
  return JSON.parse(text) as T;
}

function isSame(expected: readonly string[], actual: readonly string[]): boolean {
  return expected.length === actual.length && expected.every((text, index) => matches(text, actual[index] ?? ''));
}

function matches(expected: string, actual: string): boolean {
  const [first = '', ...rest] = expected.split('<any>');
  if (rest.length === 0) return actual === first;
  const last = rest.pop() ?? '';
  if (!actual.startsWith(first) || !actual.slice(first.length).endsWith(last)) return false;
  let middle = actual.slice(first.length, actual.length - last.length);
  return rest.every((part) => {
    const at = middle.indexOf(part);
    middle = middle.slice(at + part.length);
    return at !== -1;
  });
}

if (import.meta.main) playTool(process.argv.slice(2));
