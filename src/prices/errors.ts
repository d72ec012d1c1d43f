import { EnvironmentError, NegativeError } from '../tools/errors.ts';

/** A price list was read, and its content is not a valid one. */
export class PricesInvalidError extends NegativeError {
  /** What was read, as messages name it. */
  readonly source: string;
  /** Line of the first problem, counted from 1; null when the list as a whole is refused. */
  readonly line: number | null;
  /** What is wrong, without source and line. */
  readonly problem: string;

  constructor(source: string, line: number | null, problem: string) {
    super('PRICECTL_E_PRICES_INVALID', line === null ? `${source}: ${problem}` : `${source}: line ${line}: ${problem}`);
    this.source = source;
    this.line = line;
    this.problem = problem;
  }
}

/** Codes of failed downloads. */
export type DownloadErrorCode =
  /** Nobody answers, or not as HTTP. */
  | 'PRICECTL_E_PRICES_UNREACHABLE'
  /** Another status than 200 or an expected 304. */
  | 'PRICECTL_E_PRICES_STATUS'
  /** A redirect that isn't followed. */
  | 'PRICECTL_E_PRICES_REDIRECT'
  /** A body of a type or an encoding that can't be a price list. */
  | 'PRICECTL_E_PRICES_CONTENT'
  /** A body that ended early, or whose end can't be told from a cut. */
  | 'PRICECTL_E_PRICES_CUT_OFF'
  /** Silence or slowness beyond the limits. */
  | 'PRICECTL_E_PRICES_SLOW';

/** A price list could not be downloaded. */
export class PricesDownloadError extends EnvironmentError {
  declare readonly code: DownloadErrorCode;
  /** Whether the same request may succeed a little later. */
  readonly isTransient: boolean;
  /** How long the server asks us to wait (`Retry-After`); null when it doesn't say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: DownloadErrorCode,
    message: string,
    details: { readonly isTransient: boolean; readonly retryAfterMs?: number | null; readonly cause?: unknown },
  ) {
    super(code, message, { cause: details.cause });
    this.isTransient = details.isTransient;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}
