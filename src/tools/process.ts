import { constants } from 'node:os';
import { execa } from 'execa';
import { EnvironmentError, type ErrorDetails, ToolError } from './errors.ts';
import type { Environment } from './files.ts';

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

/** How a program ended that did not fail. */
export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

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
  start(spec: Omit<ProcessSpec, 'timeoutMs' | 'okExitCodes' | 'input'>): Promise<BackgroundProcess>;
}

/** A program that takes over the terminal until it ends. */
export interface InteractiveSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/**
 * Runs a program on this terminal and returns its exit code; one that a signal ended returns 128 + the signal's number, as shells do.
 * Throws EnvironmentError `PRICECTL_E_TOOL_MISSING` when it can't be started, the signal's reason when it was aborted.
 */
export async function runInteractive(spec: InteractiveSpec): Promise<number> {
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
  throw new EnvironmentError('PRICECTL_E_TOOL_MISSING', `can't start ${spec.file}`, { cause: result });
}
