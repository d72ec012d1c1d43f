import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import * as Errors from '@oclif/core/errors';
import { UsageError } from '../tools/errors.ts';
import { type Cancellation, listenForCancellation } from './cancellation.ts';
import { guardOutput } from './guard-output.ts';
import { errorJson, errorText } from './error-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { firstFailure } from './first-failure.ts';
import { asUsageError } from './usage-error.ts';
import { type ChosenTarget, chooseTarget, displayOf, type GlobalFlags } from './compose.ts';
import { globalFlags } from './flags.ts';
import { checkKeys, fileArguments, readSettingsFile } from './settings-file.ts';
import { type Style, styleFor } from './style.ts';
import { systemClock } from '../tools/clock.ts';
import { createWaitingLine, showWaiting } from './waiting.ts';

/** What every command shares: global flags, settings file, cancellation, and errors as words or JSON with their exit code. */
export abstract class BaseCommand<Result extends object> extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = globalFlags;

  #cancellation: Cancellation | undefined;
  /** What the command opened: it is closed with it. */
  readonly #owned = new AsyncDisposableStack();

  /** Does the work and returns the typed result, which `--json` prints as it is. */
  abstract override run(): Promise<Result>;

  /** Aborts on SIGINT, SIGTERM and after `--timeout`. */
  protected get signal(): AbortSignal {
    if (this.#cancellation === undefined) throw new Error('the command has not been initialised');
    return this.#cancellation.signal;
  }

  /** The target that the flags ask for. It ends with the command. Throws UsageError when a change of it isn't confirmed. */
  protected async chooseTarget(flags: GlobalFlags, does: 'reads' | 'changes', name?: string): Promise<ChosenTarget> {
    const maySpeak = !this.jsonEnabled() && flags.quiet !== true;
    const context = { version: this.config.version, changes: does === 'changes', maySpeak, signal: this.signal };
    // A question to the user is no wait.
    const chosen = await (does === 'reads' ? this.awaiting('looks where the service is', chooseTarget(flags, context, name), flags) : chooseTarget(flags, context, name));
    this.#owned.use(chosen.target);
    return chosen;
  }

  /** Awaits something that may take seconds; a terminal then says what. */
  protected async awaiting<T>(what: string, work: Promise<T>, flags: GlobalFlags): Promise<T> {
    const display = displayOf(flags, this.jsonEnabled());
    if (display.isQuiet || !display.stream.isTTY) return work;
    return showWaiting(what, work, { clock: systemClock, createLine: () => createWaitingLine(display) });
  }

  /** Style of stdout: colour only on a terminal. */
  protected get style(): Style {
    return styleFor(process.stdout, this.#isOn('no-color'), process.env);
  }

  /** What pricectl was called with. */
  protected get commandLine(): readonly string[] {
    return [...(this.id ?? '').split(':'), ...this.argv];
  }

  /** Makes the command exit with this code although it has a normal result. */
  protected endWith(exitCode: number): void {
    process.exitCode = exitCode;
  }

  /** Says what went wrong beside a result that stands, and makes the command exit with that error's code. */
  protected complain(error: unknown): void {
    this.#printError(error);
    this.endWith(exitCodeOf(error));
  }

  /** One line of progress on stderr; none with `--quiet` or `--json`. */
  protected say(line: string, flags: { readonly quiet?: boolean | undefined }): void {
    if (flags.quiet !== true) this.logToStderr(line);
  }

  override jsonEnabled(): boolean {
    return super.jsonEnabled() || this.#isOn('json');
  }

  protected override async init(): Promise<void> {
    await super.init();
    this.#cancellation = listenForCancellation(process);
    guardOutput(process, this.#cancellation);
  }

  protected override async parse<F extends Interfaces.OutputFlags<F>, B extends Interfaces.OutputFlags<B>, A extends Interfaces.OutputArgs<A>>(
    options?: Interfaces.Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    const fromFile = await this.#fileArguments(parsed);
    const flags = fromFile.length === 0 ? parsed : await super.parse(options, [...fromFile, ...argv]).catch(blameSettingsFile);
    const limitMs: unknown = Reflect.get(flags.flags, 'timeout');
    if (typeof limitMs === 'number') this.#cancellation?.limit(limitMs);
    return flags;
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    const flags = Object.keys({ ...this.ctor.baseFlags, ...this.ctor.flags });
    const known = asUsageError(firstFailure(error), `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`, flags);
    process.exitCode = exitCodeOf(known);
    if (this.jsonEnabled()) this.logJson(errorJson(known));
    else this.#printError(known);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    await this.#owned.disposeAsync();
    this.#cancellation?.[Symbol.dispose]();
    await super.finally(error);
  }

  #printError(error: unknown): void {
    const style = styleFor(process.stderr, this.#isOn('no-color'), process.env);
    process.stderr.write(`${errorText(error, style, this.#isOn('verbose'))}\n`);
  }

  /** Whether a switch is on, before and without parsing: errors of parsing are shown by it too. */
  #isOn(name: 'json' | 'no-color' | 'verbose'): boolean {
    const variable = `PRICECTL_${name.replace('-', '_').toUpperCase()}`;
    return this.argv.includes(`--${name}`) || /^(1|true)$/i.test(process.env[variable] ?? '');
  }

  async #fileArguments({ flags, metadata }: Pick<Interfaces.ParserOutput<object>, 'flags' | 'metadata'>): Promise<string[]> {
    const named: unknown = Reflect.get(flags, 'config');
    const file = await readSettingsFile(typeof named === 'string' ? named : undefined, process.cwd());
    if (file === undefined) return [];
    checkKeys(file, new Set(this.config.commands.flatMap((command) => Object.keys(command.flags))));
    const given = new Set(Object.keys(flags).filter((name) => !metadata.flags[name]?.setFromDefault));
    return fileArguments(file, { ...this.ctor.baseFlags, ...this.ctor.flags }, given);
  }
}

/** The command line alone was parsed well, so what fails now is a value of the settings file. */
function blameSettingsFile(error: Error): never {
  const { message } = asUsageError(error, '');
  throw new UsageError('PRICECTL_E_SETTINGS_FILE', `in the settings file: ${message}`, { cause: error });
}
