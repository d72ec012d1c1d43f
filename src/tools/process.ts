import { constants } from 'node:os';
import type { Options } from 'execa';
import { EnvironmentError, type ErrorDetails, TimeoutError, ToolError } from './errors.ts';
import type { Environment } from './files.ts';
import { findExecutable, isFolder } from './process-find.ts';
import { guardScript, guardShell } from './process-guard.ts';
import { createLineQueue } from './process-lines.ts';
import { readLines, readOutput } from './process-output.ts';
import { plainText } from './plain-text.ts';
import { commandWords, withLastLines } from './process-words.ts';

/** A program to run. Arguments are never seen by a shell. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the program (`toolEnvironment`). */
  readonly env: Environment;
  readonly cwd?: string;
  /** What it reads on stdin; nothing without it. */
  readonly input?: string;
  /** Limit of its run; Infinity for one that goes on until the signal aborts. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Exit codes that are an answer and no failure; only 0 without it. */
  readonly okExitCodes?: readonly number[];
}

/** A program that ended with an exit code that is no answer, or by a signal. */
export class ToolFailedError extends ToolError {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(message: string, ended: { readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string }, details: ErrorDetails = {}) {
    super('PRICECTL_E_TOOL_FAILED', message, details);
    this.exitCode = ended.exitCode;
    this.stdout = ended.stdout;
    this.stderr = ended.stderr;
  }
}

/** How a program ended that did not fail; its texts come without their last line break. */
export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A program to start in the background. */
export type BackgroundSpec = Omit<ProcessSpec, 'timeoutMs' | 'okExitCodes' | 'input'>;

/** A program of ours that runs until it is disposed, and not longer than this process. */
export interface BackgroundProcess extends AsyncDisposable {
  /** Its lines on stdout as they come; ends with the program. */
  readonly lines: AsyncIterable<string>;
  /** Resolves when it has ended, whatever ended it, with the failure if it ended by itself and not with 0. */
  readonly ended: Promise<ToolError | undefined>;
}

/** Runs programs; what tools are made of, so that tests can give a script instead. */
export interface Processes {
  /**
   * Runs a program to its end. Throws EnvironmentError `PRICECTL_E_TOOL_MISSING` when it isn't installed, ToolFailedError for an exit code that
   * is no answer or an end by a signal, TimeoutError `PRICECTL_E_TOOL_TIMEOUT`, and the signal's reason on abort; its children end with it.
   */
  run(spec: ProcessSpec): Promise<ProcessResult>;
  /** As `run`, with each line of stdout and stderr told as it comes. */
  follow(spec: ProcessSpec, onLine: (line: string, stream: 'stdout' | 'stderr') => void): Promise<ProcessResult>;
  /** Starts a program and returns at once. Throws as `run` for one that can't be started; the signal ends it. */
  start(spec: BackgroundSpec): Promise<BackgroundProcess>;
}

/** A program that takes over the terminal until it ends. */
export interface InteractiveSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** How long a program may take to end after SIGTERM; then SIGKILL follows. */
const graceMs = 5_000;

/** Lines of its stderr that are kept of a program in the background. */
const keptLines = 20;

/** The machine's own programs, by execa, which is loaded with the first of them. */
export function createProcesses(): Processes {
  return { run: (spec) => runToEnd(spec), follow: runToEnd, start: startGuarded };
}

/**
 * Runs a program on this terminal and returns its exit code; one that a signal ended returns 128 + the signal's number, as shells do.
 * Throws EnvironmentError as `Processes.run` when it can't be started, the signal's reason when it was aborted.
 */
export async function runInteractive(spec: InteractiveSpec): Promise<number> {
  const { execa } = await import('execa');
  const result = await execa(spec.file, spec.args, {
    stdio: 'inherit',
    env: { ...spec.env },
    extendEnv: false,
    reject: false,
    cancelSignal: spec.signal,
  });
  if (result.isCanceled) spec.signal.throwIfAborted();
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal !== undefined) return 128 + constants.signals[result.signal];
  throw await startFailure(spec, result.code);
}

async function runToEnd(spec: ProcessSpec, onLine?: (line: string, stream: 'stdout' | 'stderr') => void): Promise<ProcessResult> {
  spec.signal.throwIfAborted();
  const { execa } = await import('execa');
  const flood = new AbortController();
  const subprocess = execa(spec.file, spec.args, {
    ...optionsOf(spec),
    cancelSignal: AbortSignal.any([spec.signal, flood.signal]),
    ...(spec.input === undefined ? { stdin: 'ignore' } : { input: spec.input }),
    timeout: Number.isFinite(spec.timeoutMs) ? Math.ceil(spec.timeoutMs) : 0,
  });
  const read = (from: 'stdout' | 'stderr') =>
    readOutput(subprocess.iterable({ from, binary: true }), { onLine: onLine && ((line) => onLine(line, from)), onTooMuch: () => flood.abort() });
  const [{ code, signal, exitCode, isCanceled, timedOut }, stdout, stderr] = await Promise.all([subprocess, read('stdout'), read('stderr')]);
  const isAnswer = exitCode !== undefined && (spec.okExitCodes ?? [0]).includes(exitCode);
  if (!isCanceled && !timedOut && isAnswer) return { stdout, stderr: plainText(stderr), exitCode };
  throw await failureOf(spec, { code, signal, exitCode, timedOut, isCanceled: isCanceled && spec.signal.aborted, isTooMuch: flood.signal.aborted, stdout, stderr: plainText(stderr) });
}

async function startGuarded(spec: BackgroundSpec): Promise<BackgroundProcess> {
  spec.signal.throwIfAborted();
  const { execa } = await import('execa');
  const file = await findExecutable(spec.file, spec.env, spec.cwd);
  if (file === undefined || (spec.cwd !== undefined && !(await isFolder(spec.cwd)))) throw await startFailure(spec, undefined);
  const subprocess = execa(guardShell, ['-c', guardScript, 'sh', file, ...spec.args], { ...optionsOf(spec), stdin: 'pipe' });
  const lines = createLineQueue();
  const lastErrors: string[] = [];
  let isDisposed = false;
  let hasEnded = false;
  const watchEnd = async (): Promise<ToolError | undefined> => {
    const keepError = (line: string) => {
      if (lastErrors.push(line) > keptLines) lastErrors.shift();
    };
    const read = (from: 'stdout' | 'stderr', onLine: (line: string) => void) => readLines(subprocess.iterable({ from, binary: true }), onLine);
    const [result] = await Promise.all([subprocess, read('stdout', (line) => lines.push(line)), read('stderr', keepError)]);
    hasEnded = true;
    lines.end();
    if (isDisposed || result.isCanceled || result.exitCode === 0) return undefined;
    return endFailure(spec, { signal: result.signal, exitCode: result.exitCode, stdout: '', stderr: lastErrors.join('\n') });
  };
  const ended = watchEnd();
  return {
    lines,
    ended,
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      if (!hasEnded) subprocess.kill();
      await ended;
    },
  };
}

/** Texts in and out, no failure thrown, and all that the program started ends with it. */
function optionsOf(spec: BackgroundSpec) {
  return {
    env: { ...spec.env },
    extendEnv: false,
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    cancelSignal: spec.signal,
    reject: false,
    buffer: false,
    killDescendants: true,
    forceKillAfterDelay: graceMs,
  } as const satisfies Options;
}

/** What execa tells of a program that failed. */
interface FailedResult {
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly isTooMuch: boolean;
  readonly code?: string | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why a program failed. The order counts: a program that we end also has a signal or an exit code. */
async function failureOf(spec: ProcessSpec, result: FailedResult): Promise<unknown> {
  const words = commandWords(spec.file, spec.args);
  if (result.timedOut) {
    return new TimeoutError('PRICECTL_E_TOOL_TIMEOUT', withLastLines(`${words} didn't end within ${spec.timeoutMs / 1000} s`, result.stderr), byItself(words));
  }
  if (result.isCanceled) return spec.signal.reason;
  if (result.isTooMuch) return new ToolFailedError(`${words} prints more than can be read`, { exitCode: undefined, stdout: '', stderr: '' }, byItself(words));
  if (result.signal === undefined && result.exitCode === undefined) return startFailure(spec, result.code);
  return endFailure(spec, result);
}

/** A shell between us and a program says 128 + the signal's number for one that a signal ended. */
function endFailure(spec: BackgroundSpec, { signal, exitCode, stdout, stderr }: Pick<FailedResult, 'signal' | 'exitCode' | 'stdout' | 'stderr'>): ToolFailedError {
  const ended = signal ?? Object.entries(constants.signals).find(([, number]) => number + 128 === exitCode)?.[0];
  const how = ended === undefined ? `exit code ${exitCode}` : `ended by ${ended}`;
  const words = commandWords(spec.file, spec.args);
  return new ToolFailedError(withLastLines(`${words} failed (${how})`, stderr), { exitCode, stdout, stderr }, byItself(words));
}

/** What there is to try with a program that fails and doesn't say why. */
function byItself(words: string): ErrorDetails {
  return { hints: [`run it by itself, to see what it says: ${words}`] };
}

/** Why a program didn't even start: the system says ENOENT for a missing program, folder and interpreter alike. */
async function startFailure(spec: Pick<BackgroundSpec, 'file' | 'env' | 'cwd'>, code: string | undefined): Promise<EnvironmentError> {
  const { file, env, cwd } = spec;
  if (cwd !== undefined && !(await isFolder(cwd))) {
    return new EnvironmentError('PRICECTL_E_TOOL_FOLDER', `can't run ${file} in ${cwd}: there is no such folder`);
  }
  const found = await findExecutable(file, env, cwd);
  if (found === undefined) {
    return new EnvironmentError('PRICECTL_E_TOOL_MISSING', `${file} isn't installed: PATH leads to no such program`, { hints: [`install ${file}, or add its folder to PATH`] });
  }
  const why = code === undefined ? '' : ` (${code})`;
  return new EnvironmentError('PRICECTL_E_TOOL_UNUSABLE', `the system can't start ${found}${why}`, byItself(found));
}
