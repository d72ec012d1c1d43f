import { constants } from 'node:os';
import { execa } from 'execa';
import { EnvironmentError } from './errors.ts';
import type { Environment } from './files.ts';

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
