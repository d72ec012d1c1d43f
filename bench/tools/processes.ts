import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import type { Side } from './cores.ts';

/** A command to run. */
export interface Command {
  readonly side: Side;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server that answers. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the first line from now on that the server writes and that has the text. */
  nextLine(text: string): Promise<string>;
}

const startMs = 120_000;

/** Runs a command to its end and returns its standard output. Throws an Error with the end of its output when it exits with another code than 0. */
export async function runCommand({ signal, cores }: Pick<Context, 'signal' | 'cores'>, { side, command, env, cwd }: Command): Promise<string> {
  const [file = '', ...args] = cores.pin(side, command);
  const child = spawn(file, args, { signal, env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, killedBy] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command.slice(0, 3).join(' ')} ended with ${code ?? killedBy}: ${(stderr || stdout).trim().slice(-500)}`);
  return stdout;
}

/**
 * Starts a server and waits until it has written a line with its port, `127.0.0.1:PORT`, and one that `ready` matches, and answers the price of P124.
 * It is ended when it is disposed of. Throws an Error when it ends before that, or isn't there after two minutes.
 */
export async function startServer(context: Pick<Context, 'signal' | 'cores'>, command: Command & { readonly ready?: RegExp }): Promise<RunningServer> {
  const { signal, cores } = context;
  const [file = '', ...args] = cores.pin(command.side, command.command);
  const child = spawn(file, args, { signal, env: { ...process.env, ...command.env }, cwd: command.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = new Lines(child);
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
    const port = /127\.0\.0\.1:(\d+)/.exec(await lines.first((line) => /127\.0\.0\.1:\d+/.test(line), deadline))?.[1];
    const url = `http://127.0.0.1:${port}`;
    const { ready } = command;
    if (ready !== undefined) await lines.first((line) => ready.test(line), deadline);
    await expectPrice(url, deadline);
    return {
      url,
      pid: child.pid ?? 0,
      nextLine: (text) => lines.next((line) => line.includes(text), AbortSignal.any([signal, AbortSignal.timeout(startMs)])),
      [Symbol.asyncDispose]: () => end(child),
    };
  } catch (error) {
    await end(child);
    throw new Error(`${command.command.slice(-2).join(' ')} did not start: ${lines.all.slice(-5).join(' | ')}`, { cause: error });
  }
}

/** What a process writes, line by line. */
class Lines {
  readonly all: string[] = [];
  readonly #waiting = new Set<(line: string | undefined) => void>();

  constructor(child: ChildProcess) {
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on('line', (line) => {
        this.all.push(line);
        for (const look of this.#waiting) look(line);
      });
    }
    const onEnd = (): void => {
      for (const look of this.#waiting) look(undefined);
    };
    child.on('error', onEnd).on('exit', onEnd);
  }

  async first(isWanted: (line: string) => boolean, signal: AbortSignal): Promise<string> {
    return this.all.find(isWanted) ?? this.next(isWanted, signal);
  }

  async next(isWanted: (line: string) => boolean, signal: AbortSignal): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (line: string | undefined): void => {
      if (line === undefined) reject(new Error('the server ended'));
      else if (isWanted(line)) resolve(line);
    };
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    this.#waiting.add(look);
    try {
      return await promise;
    } finally {
      this.#waiting.delete(look);
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** A server that answers something else than the others has no place beside them. */
async function expectPrice(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await get(`${url}/price?product_id=P124`, signal).catch(() => undefined);
    if (answer?.status === 200 && answer.body === '49.5') return;
    if (answer !== undefined) throw new Error(`it answers ${answer.status} ${JSON.stringify(answer.body)}`);
    await delay(50, undefined, { signal });
  }
}

/** One request on a connection of its own. */
export async function get(url: string, signal: AbortSignal): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const sent = request(url, { agent: false, signal }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const part of response.setEncoding('utf8')) body += part;
  return { status: response.statusCode, body };
}

/** Asks to end, and insists after two seconds. */
async function end(child: ChildProcess): Promise<void> {
  child.on('error', () => {});
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await exited.catch(() => {});
  clearTimeout(timer);
}

/** CPU time that a process has used, in ms; undefined where there is no `/proc`. */
export function cpuMsOf(pid: number): number | undefined {
  const [user, system] = readProc(`/proc/${pid}/stat`)?.replace(/^.*\) /, '').split(' ').slice(11, 13) ?? [];
  // In ticks of 10 ms on all that Linux runs on.
  return user === undefined ? undefined : (Number(user) + Number(system)) * 10;
}

/** Resident memory of a process in MB (10^6 bytes); undefined where there is no `/proc`. */
export function memoryMbOf(pid: number): number | undefined {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1_024) / 1e6;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
