import type { Clock } from '../../tools/clock.ts';
import { TimeoutError, ToolError } from '../../tools/errors.ts';
import { findFreePort } from '../../tools/free-port.ts';
import type { HttpClient } from '../../tools/http.ts';
import { type BackgroundProcess, ToolFailedError } from '../../tools/process.ts';
import { createPayloadCollector } from '../merge-lines.ts';
import type { RunnerPayload } from '../merge-payload.ts';
import { describeExit, restStartFailed } from './exit-words.ts';
import type { K6Program } from './k6-program.ts';
import { firstLook, type RunnerLook } from './live-progress.ts';
import { createRestApi, type RestApi } from './rest-api.ts';
import { mainFile, scriptError } from './script-files.ts';

/** How long a process may take to set up its virtual users, and how often it is asked whether it has. */
const readyMs = 120_000;
const pollMs = 100;

/** Ports that are tried: somebody else may take one between our look and k6's. */
const mostPorts = 5;

/** Lines of its own that are kept of a process. */
const mostOwnLines = 1_000;

/** A process to start. */
export interface K6ProcessSpec {
  readonly k6: K6Program;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** `k6-1` */
  readonly name: string;
  /** Folder of the script. */
  readonly folder: string;
  /** Flags beside those that every process gets. */
  readonly flags: readonly string[];
}

/** How a process ended. */
export interface K6End {
  readonly exitCode: number;
  /** Why, in words; null for 0. */
  readonly reason: string | null;
}

/** A k6 process that has set up its virtual users and waits to be told to begin; it ends on disposal at the latest. */
export class K6Process implements AsyncDisposable {
  readonly name: string;
  readonly rest: RestApi;
  /** Resolves when it has ended and all that it said is read. */
  readonly ended: Promise<K6End>;
  /** What it says on stdout beside its payload: the user's own summary. */
  readonly ownLines: string[] = [];
  readonly #background: BackgroundProcess;
  readonly #collector = createPayloadCollector();
  #hasEnded = false;
  #look = firstLook;

  constructor(name: string, rest: RestApi, background: BackgroundProcess, folder: string) {
    this.name = name;
    this.rest = rest;
    this.#background = background;
    this.ended = this.#watch(folder);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The payload, what is wrong with it in words, or undefined. Whole after `ended`. */
  get payload(): RunnerPayload | string | undefined {
    return this.#collector.result();
  }

  /** The last that it told of its counts. */
  get lastLook(): RunnerLook {
    return this.#look;
  }

  /** Asks for its counts and virtual users. One that doesn't answer keeps its counts; one that has ended has no virtual users. */
  async look(signal: AbortSignal): Promise<RunnerLook> {
    if (!this.#hasEnded) {
      const [status, counts] = await Promise.all([this.rest.status(signal), this.rest.counts(signal)]);
      this.#look = { ...this.#look, ...counts, ...(status === undefined ? {} : { vus: status.vus }) };
    }
    if (this.#hasEnded) this.#look = { ...this.#look, vus: 0 };
    return this.#look;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#background[Symbol.asyncDispose]();
    await this.ended;
  }

  async #watch(folder: string): Promise<K6End> {
    const [failure] = await Promise.all([this.#background.ended, this.#read()]);
    this.#hasEnded = true;
    if (failure === undefined) return { exitCode: 0, reason: null };
    const { exitCode = 1, stderr = failure.message } = failure instanceof ToolFailedError ? failure : {};
    return { exitCode, reason: describeExit(exitCode, stderr, folder) };
  }

  async #read(): Promise<void> {
    for await (const line of this.#background.lines) {
      if (!this.#collector.add(line) && this.ownLines.length < mostOwnLines) this.ownLines.push(line);
    }
  }
}

/**
 * Starts a process and waits until it could begin. Throws UsageError `PRICECTL_E_SCRIPT` when k6 can't run the script, ToolError
 * `PRICECTL_E_K6` when it ends otherwise before it began, TimeoutError `PRICECTL_E_K6_START`, and the signal's reason; no process is left then.
 */
export async function startK6(spec: K6ProcessSpec, signal: AbortSignal): Promise<K6Process> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(spec, signal);
    try {
      const end = await awaitReady(started, spec.clock, signal);
      if (end === undefined) return started;
      if (end.exitCode !== restStartFailed || attempt === mostPorts) throw startError(end);
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }
}

async function startOnce({ k6, http, name, folder, flags }: K6ProcessSpec, signal: AbortSignal): Promise<K6Process> {
  const address = `127.0.0.1:${await findFreePort()}`;
  const args = ['run', '--quiet', '--no-thresholds', '--paused', '--address', address, ...flags, `${folder}/${mainFile}`];
  signal.throwIfAborted();
  // Its life isn't the signal's: told to stop, it still has a summary to send.
  const background = await k6.processes.start({ file: k6.file, args, env: k6.env, signal: new AbortController().signal });
  return new K6Process(name, createRestApi(http, `http://${address}`), background, folder);
}

/** Undefined when the process waits to be told to begin; how it ended when it didn't come to that. */
async function awaitReady(started: K6Process, clock: Clock, signal: AbortSignal): Promise<K6End | undefined> {
  const deadlineMs = clock.monotonicMs() + readyMs;
  while (!started.hasEnded) {
    const status = await started.rest.status(signal);
    if (status?.isReady === true) return undefined;
    if (clock.monotonicMs() > deadlineMs) throw new TimeoutError('PRICECTL_E_K6_START', `k6 didn't set up its virtual users within ${readyMs / 1_000} s`);
    await clock.sleep(pollMs, signal);
  }
  return started.ended;
}

function startError({ exitCode, reason }: K6End): Error {
  if ([104, 107, 255].includes(exitCode)) return scriptError(`k6 can't run the script: ${reason ?? ''}`);
  return new ToolError('PRICECTL_E_K6', `k6 ended before the load began: ${reason ?? `exit code ${exitCode}`}`);
}
