import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import * as Errors from '@oclif/core/errors';
import { UsageError } from '../tools/errors.ts';
import { type CommandCall, CommandShell, endWithFailure, isSwitchedOn, printError } from './command-shell.ts';
import type { ChosenTarget, GlobalFlags } from './compose.ts';
import { exitCodeOf } from './exit-codes.ts';
import { globalFlags } from './plain-flags.ts';
import { checkKeys, fileArguments, readSettingsFile, workingFolder } from './settings-file.ts';
import { type Style, styleFor } from './style.ts';
import { asUsageError } from './usage-error.ts';

/** What every command shares: global flags, settings file, cancellation, and errors as words or JSON with their exit code. */
export abstract class BaseCommand<Result extends object> extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = globalFlags;

  #shell: CommandShell | undefined;

  /** Does the work and returns the typed result, which `--json` prints as it is. */
  abstract override run(): Promise<Result>;

  /** What surrounds the command's work. */
  protected get shell(): CommandShell {
    if (this.#shell === undefined) throw new Error('the command has not been initialised');
    return this.#shell;
  }

  /** Aborts on SIGINT, SIGTERM and after `--timeout`. */
  protected get signal(): AbortSignal {
    return this.shell.signal;
  }

  /** The target that the flags ask for. It ends with the command. Throws UsageError when a change of it isn't confirmed. */
  protected async chooseTarget(flags: GlobalFlags, does: 'reads' | 'changes', name?: string): Promise<ChosenTarget> {
    return this.shell.chooseTarget(flags, does, name);
  }

  /** Awaits something that may take seconds; a terminal then says what. */
  protected async awaiting<T>(what: string, work: Promise<T>, flags: GlobalFlags): Promise<T> {
    return this.shell.awaiting(what, work, flags);
  }

  /** Style of stdout: colour only on a terminal. */
  protected get style(): Style {
    return styleFor(process.stdout, isSwitchedOn(this.argv, 'no-color'), process.env);
  }

  /** What pricectl was called with. */
  protected get commandLine(): readonly string[] {
    return [...(this.id ?? '').split(':'), ...this.argv];
  }

  /** Makes the command exit with this code although it has a normal result. */
  protected endWith(exitCode: number): void {
    process.exitCode = exitCode;
  }

  /** Says what went wrong beside a result that stands, and makes the command exit with that error's code unless the result has one of its own. */
  protected complain(error: unknown): void {
    printError(error, this.argv);
    if (!process.exitCode) this.endWith(exitCodeOf(error));
  }

  /** Says what went wrong with something that nobody asked for on the command line: the exit code stays. */
  protected mention(error: unknown): void {
    printError(error, this.argv);
  }

  /** One line of progress on stderr; none with `--quiet` or `--json`. */
  protected say(line: string, flags: { readonly quiet?: boolean | undefined }): void {
    if (flags.quiet !== true) this.logToStderr(line);
  }

  override jsonEnabled(): boolean {
    return super.jsonEnabled() || isSwitchedOn(this.argv, 'json');
  }

  protected override async init(): Promise<void> {
    await super.init();
    this.#shell = new CommandShell(this.#call);
  }

  protected override async parse<F extends Interfaces.OutputFlags<F>, B extends Interfaces.OutputFlags<B>, A extends Interfaces.OutputArgs<A>>(
    options?: Interfaces.Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    const fromFile = await this.#fileArguments(parsed);
    const flags = fromFile.length === 0 ? parsed : await super.parse(options, [...fromFile, ...argv]).catch(blameSettingsFile);
    const limitMs: unknown = Reflect.get(flags.flags, 'timeout');
    if (typeof limitMs === 'number') this.#shell?.limit(limitMs);
    return flags;
  }

  protected override async catch(error: Error): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    await endWithFailure(error, this.#call);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    await this.#shell?.[Symbol.asyncDispose]();
    await super.finally(error);
  }

  get #call(): CommandCall {
    return {
      words: `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`,
      version: this.config.version,
      knownFlags: Object.keys({ ...this.ctor.baseFlags, ...this.ctor.flags }),
      argv: () => this.argv,
      isJson: () => this.jsonEnabled(),
      logJson: (json) => this.logJson(json),
    };
  }

  async #fileArguments({ flags, metadata }: Pick<Interfaces.ParserOutput<object>, 'flags' | 'metadata'>): Promise<string[]> {
    const named: unknown = Reflect.get(flags, 'config');
    const file = await readSettingsFile(typeof named === 'string' ? named : undefined, workingFolder());
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
