import { inspect } from 'node:util';
import { CancelledError, PricectlError } from '../tools/errors.ts';
import { plainText } from '../tools/plain-text.ts';
import { withoutSecrets } from '../tools/secrets.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Style } from './style.ts';

/** An error as `--json` prints it; the only thing on stdout then. */
export interface ErrorJson {
  readonly error: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly exitCode: number;
    readonly hints: readonly string[];
  };
}

const bugHints = ['this is a bug of pricectl: please report it with the command and this text'];

/** The JSON form of any error, without what may be secret in its texts. */
export function errorJson(error: unknown): ErrorJson {
  if (error instanceof PricectlError) {
    return {
      error: { name: error.name, code: error.code, message: error.message, exitCode: exitCodeOf(error), hints: error.hints },
    };
  }
  const message = withoutSecrets(error instanceof Error ? error.message : String(error));
  const name = error instanceof Error ? error.name : 'Error';
  return { error: { name, code: 'PRICECTL_E_BUG', message, exitCode: exitCodeOf(error), hints: bugHints } };
}

/**
 * The words of any error for people: what failed, then what to try; with `isVerbose` also its causes. A bug comes with its stack. Without what may be
 * secret: causes and bugs can carry the words of anything.
 */
export function errorText(error: unknown, style: Style, isVerbose = false): string {
  return withoutSecrets(wholeText(error, style, isVerbose));
}

function wholeText(error: unknown, style: Style, isVerbose: boolean): string {
  if (error instanceof CancelledError) return style.careful(error.message);
  if (error instanceof PricectlError) {
    const causes = isVerbose ? causesOf(error).map((cause) => style.dim(`  because: ${plainText(cause)}`)) : [];
    // What a cluster says of its objects comes from others.
    return [`${style.bad('Error:')} ${plainText(error.message)}`, ...error.hints.map((hint) => `  try: ${plainText(hint)}`), ...causes].join('\n');
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`${style.bad('Bug:')} ${stack}`, ...bugHints.map((hint) => `  ${hint}`)].join('\n');
}

/** What led to an error, nearest first, with stacks. */
function causesOf(error: Error): readonly string[] {
  const { cause } = error;
  if (cause === undefined) return [];
  return cause instanceof Error ? [cause.stack ?? cause.message, ...causesOf(cause)] : [inspect(cause)];
}
