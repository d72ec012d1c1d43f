import { type ErrorKind, PricectlError } from '../tools/errors.ts';

/** The command's exit codes. 1 is a bug of ours. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  environment: 3,
  tool: 4,
  timeout: 5,
  negative: 6,
  interrupted: 130,
  terminated: 143,
} as const satisfies Record<ErrorKind | 'done' | 'bug', number>;

/** The exit code of an error: by its kind, or 1 for what we did not foresee. */
export function exitCodeOf(error: unknown): number {
  return error instanceof PricectlError ? exitCodes[error.kind] : exitCodes.bug;
}
