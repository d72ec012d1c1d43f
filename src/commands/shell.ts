import { BaseCommand } from '../cli/base-command.ts';
import { parseImage } from '../cli/flag-values.ts';
import { checkedFlag } from '../cli/flags.ts';
import { UsageError } from '../tools/errors.ts';

/** How the shell ended. */
export interface ShellResult {
  readonly url: string;
  readonly exitCode: number;
}

/** `pricectl shell` */
export default class Shell extends BaseCommand<ShellResult> {
  static override summary = 'a shell where the service is reached at $PRICECTL_URL: here, or in a throw-away pod of its cluster';
  static override examples = ['<%= config.bin %> shell'];
  static override flags = { image: checkedFlag('image', "image of the throw-away pod on a cluster [default: the service's own]", 'REF', parseImage) };

  override async run(): Promise<ShellResult> {
    const { flags } = await this.parse(Shell);
    if (this.jsonEnabled()) throw new UsageError('PRICECTL_E_USAGE', 'a shell prints what it likes: --json makes no sense for it');
    const { target } = await this.chooseTarget(flags, 'changes');
    await using shell = await this.awaiting('opens a way to the service', target.shell(flags.image, this.signal), flags);
    const { url, file, args, env } = shell;
    const { runInteractive } = await import('../tools/process.ts');
    this.say(`PRICECTL_URL=${url}; exit leaves this shell`, flags);
    const exitCode = await runInteractive({ file, args, env: { ...process.env, ...env }, signal: this.signal });
    this.endWith(exitCode);
    return { url, exitCode };
  }
}
