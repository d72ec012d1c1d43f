import { BaseCommand } from '../cli/base-command.ts';
import { chooseTarget } from '../cli/compose.ts';
import { UsageError } from '../tools/errors.ts';

/** How the shell ended. */
export interface ShellResult {
  readonly url: string;
  readonly exitCode: number;
}

/** `pricectl shell` */
export default class Shell extends BaseCommand<ShellResult> {
  static override summary = 'a shell with PRICECTL_URL set to the running service';
  static override examples = ['<%= config.bin %> shell'];

  override async run(): Promise<ShellResult> {
    const { flags } = await this.parse(Shell);
    if (this.jsonEnabled()) throw new UsageError('PRICECTL_E_USAGE', 'a shell prints what it likes: --json makes no sense for it');
    const { target } = await chooseTarget(flags);
    await using shell = await target.shell(undefined, this.signal);
    const { url, file, args, env } = shell;
    const { runInteractive } = await import('../tools/process.ts');
    this.say(`PRICECTL_URL=${url}; exit leaves this shell`, flags);
    const exitCode = await runInteractive({ file, args, env: { ...process.env, ...env }, signal: this.signal });
    this.endWith(exitCode);
    return { url, exitCode };
  }
}
