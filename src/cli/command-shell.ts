import { systemClock } from '../tools/clock.ts';
import type { EnvironmentError } from '../tools/errors.ts';
import { type Cancellation, listenForCancellation } from './cancellation.ts';
import { type ChosenTarget, chooseTarget, displayOf, type GlobalFlags } from './compose.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { firstFailure } from './first-failure.ts';
import { guardOutput } from './guard-output.ts';
import { styleFor } from './style.ts';
import { createWaitingLine, showWaiting } from './waiting.ts';

/** The call of a command, as far as what surrounds its work depends on it. */
export interface CommandCall {
  /** The command as it is typed: `pricectl runs show`. */
  readonly words: string;
  /** Version of pricectl. */
  readonly version: string;
  /** Names of the command's flags. */
  readonly knownFlags: readonly string[];
  /** What the command was called with; once it was parsed, with what the settings file adds. */
  readonly argv: () => readonly string[];
  readonly isJson: () => boolean;
  /** Prints a JSON text as the command prints its result: those of a stream take a line each. */
  readonly logJson: (json: object) => void;
}

/** What surrounds the work of a command, with oclif or without: cancellation, target, progress, and failures. Disposing of it ends what it opened. */
export class CommandShell implements AsyncDisposable {
  readonly #call: CommandCall;
  readonly #cancellation: Cancellation = listenForCancellation(process);
  /** What the command opened: it is closed with it. */
  readonly #owned = new AsyncDisposableStack();

  constructor(call: CommandCall) {
    this.#call = call;
    guardOutput(process, this.#cancellation, (error) => endWithLoss(error, call));
  }

  /** Aborts on SIGINT, SIGTERM and after `--timeout`. */
  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }

  /** Starts `--timeout`. */
  limit(ms: number): void {
    this.#cancellation.limit(ms);
  }

  /** The target that the flags ask for. It ends with the command. Throws UsageError when a change of it isn't confirmed. */
  async chooseTarget(flags: GlobalFlags, does: 'reads' | 'changes', name?: string): Promise<ChosenTarget> {
    const maySpeak = !this.#call.isJson() && flags.quiet !== true;
    const context = { version: this.#call.version, changes: does === 'changes', maySpeak, signal: this.signal };
    const choosing = chooseTarget(flags, context, name);
    // A question to the user is no wait.
    const chosen = await (does === 'reads' ? this.awaiting('looks where the service is', choosing, flags) : choosing);
    this.#owned.use(chosen.target);
    return chosen;
  }

  /** Awaits something that may take seconds; a terminal then says what. */
  async awaiting<T>(what: string, work: Promise<T>, flags: GlobalFlags): Promise<T> {
    const display = displayOf(flags, this.#call.isJson());
    if (display.isQuiet || !display.stream.isTTY) return work;
    return showWaiting(what, work, { clock: systemClock, createLine: () => createWaitingLine(display) });
  }

  /** Prints a part of the result; not with `--json`. */
  log(text: string): void {
    if (!this.#call.isJson()) process.stdout.write(`${text}\n`);
  }

  /** Prints a line beside the result; not with `--json`. */
  logToStderr(text: string): void {
    if (!this.#call.isJson()) process.stderr.write(`${text}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
    this.#cancellation[Symbol.dispose]();
  }
}

/** Ends a command with a failure: in words or as JSON, and with its exit code. */
export async function endWithFailure(error: Error, call: CommandCall): Promise<void> {
  // It knows oclif's errors, and so loads oclif.
  const { asUsageError } = await import('./usage-error.ts');
  const known = asUsageError(firstFailure(error), call.words, call.knownFlags);
  process.exitCode = exitCodeOf(known);
  if (call.isJson()) call.logJson(errorJson(known));
  else printError(known, call.argv());
}

/** Makes a command fail whose result was lost, when it ends without having said so. */
function endWithLoss(error: EnvironmentError, { argv }: CommandCall): void {
  process.once('exit', () => {
    if (process.exitCode) return;
    printError(error, argv());
    process.exitCode = exitCodeOf(error);
  });
}

/** Prints an error in words. */
export function printError(error: unknown, argv: readonly string[]): void {
  const style = styleFor(process.stderr, isSwitchedOn(argv, 'no-color'), process.env);
  process.stderr.write(`${errorText(error, style, isSwitchedOn(argv, 'verbose'))}\n`);
}

/** Whether a switch is on, before and without parsing: errors of parsing are shown by it too. */
export function isSwitchedOn(argv: readonly string[], name: 'json' | 'no-color' | 'verbose'): boolean {
  const variable = `PRICECTL_${name.replace('-', '_').toUpperCase()}`;
  return argv.includes(`--${name}`) || /^(1|true)$/i.test(process.env[variable] ?? '');
}
