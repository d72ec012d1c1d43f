import { EnvironmentError, type ErrorCode, PricectlError } from '../tools/errors.ts';
import type { DownloadLimits } from './download.ts';
import { type DownloadErrorCode, PricesDownloadError, PricesInvalidError } from './errors.ts';
import type { TableMemory } from './table-memory.ts';

/** What a table is built from. */
export type TableInput =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** The state (file-state.ts) in which the file counts; undefined is any. */
      readonly expectedState: string | undefined;
    }
  | {
      readonly kind: 'bytes';
      /** Taken over: they become a part of the table. */
      readonly bytes: ArrayBuffer;
    }
  | { readonly kind: 'url'; readonly url: string; readonly limits: DownloadLimits };

/** A table as asked of the thread that builds it. */
export interface TableRequest {
  readonly input: TableInput;
  /** How messages name the source. */
  readonly label: string;
  /** SHA-256 of the table that is there already: bytes that have it aren't indexed again. */
  readonly knownSha256: string | undefined;
}

/** A foreseen error on its way between threads, where an error's class and fields would be lost. */
export type Failure =
  | { readonly kind: 'invalid'; readonly source: string; readonly line: number | null; readonly problem: string }
  | {
      readonly kind: 'download';
      readonly code: DownloadErrorCode;
      readonly message: string;
      readonly isTransient: boolean;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'environment'; readonly code: ErrorCode; readonly message: string; readonly hints: readonly string[] };

/** What came of a request. */
export type TableReply =
  | { readonly kind: 'table'; readonly memory: TableMemory; readonly sha256: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Turns a foreseen error into a failure; anything else is thrown on. */
export function toFailure(error: unknown): Failure {
  if (error instanceof PricesInvalidError) {
    return { kind: 'invalid', source: error.source, line: error.line, problem: error.problem };
  }
  if (error instanceof PricesDownloadError) {
    const { code, message, isTransient, retryAfterMs } = error;
    return { kind: 'download', code, message, isTransient, retryAfterMs };
  }
  if (!(error instanceof PricectlError) || error.kind !== 'environment') throw error;
  return { kind: 'environment', code: error.code, message: error.message, hints: error.hints };
}

/** The error that a failure was made of, without its cause. */
export function toError(failure: Failure): PricectlError {
  if (failure.kind === 'invalid') return new PricesInvalidError(failure.source, failure.line, failure.problem);
  if (failure.kind === 'download') return new PricesDownloadError(failure.code, failure.message, failure);
  return new EnvironmentError(failure.code, failure.message, { hints: failure.hints });
}
