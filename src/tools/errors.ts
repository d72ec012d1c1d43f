import { withoutSecrets } from './secrets.ts';

/** What kind of failure an error is; `cli/exit-codes.ts` maps each kind to the command's exit code. */
export type ErrorKind = 'usage' | 'environment' | 'tool' | 'timeout' | 'negative' | 'interrupted' | 'terminated';

/** Stable identifier of an error, for scripts: `PRICECTL_E_` and an upper-case noun phrase. */
export type ErrorCode = `PRICECTL_E_${string}`;

/** What an error may carry beside its message. */
export interface ErrorDetails {
  /** What the user can try, one sentence or command each. */
  readonly hints?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A failure that we foresee. Anything else that is thrown is a bug of ours and ends with exit code 1. Its message and hints have no secrets, whatever
 * program or URL they came from.
 */
export abstract class PricectlError extends Error {
  abstract readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly hints: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(withoutSecrets(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hints = (details.hints ?? []).map(withoutSecrets);
  }
}

/** The command line, environment or settings file asks for something that makes no sense. Exit 2. */
export class UsageError extends PricectlError {
  readonly kind = 'usage';
}

/** Something on the machine is missing, not running or in the way. Exit 3. */
export class EnvironmentError extends PricectlError {
  readonly kind = 'environment';
}

/** A program or service that we drive failed. Exit 4. */
export class ToolError extends PricectlError {
  readonly kind = 'tool';
}

/** Something did not happen in time. Exit 5. */
export class TimeoutError extends PricectlError {
  readonly kind = 'timeout';
}

/** The question was answered, and the answer is no: an invalid file, an unknown id, a failed rollout. Exit 6. */
export class NegativeError extends PricectlError {
  readonly kind = 'negative';
}

/** The user (SIGINT, exit 130) or the system (SIGTERM, exit 143) ended the command. */
export class CancelledError extends PricectlError {
  readonly kind: 'interrupted' | 'terminated';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`PRICECTL_E_${signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'}`, signal === 'SIGINT' ? 'interrupted' : 'terminated');
    this.kind = signal === 'SIGINT' ? 'interrupted' : 'terminated';
  }
}

/** The `code` of a failed system call (`ENOENT`, ...), or undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
