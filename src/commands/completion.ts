import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import { bashScript } from '../cli/completion/bash.ts';
import { fishScript } from '../cli/completion/fish.ts';
import { modelCommands, type Shell, shells } from '../cli/completion/model.ts';
import { UsageError } from '../tools/errors.ts';
import { zshScript } from '../cli/completion/zsh.ts';

/** The script of a shell. */
export interface CompletionResult {
  readonly shell: Shell;
  readonly script: string;
}

const scripts = { bash: bashScript, fish: fishScript, zsh: zshScript };

const shellArgument = Args.custom<Shell>({
  options: [...shells],
  async parse(text) {
    const shell = shells.find((name) => name === text);
    if (shell === undefined) throw new UsageError('PRICECTL_E_USAGE', `there is no script for ${text}: ${shells.join(', ')}`);
    return shell;
  },
});

/** `pricectl completion` */
export default class Completion extends BaseCommand<CompletionResult> {
  static override summary = 'print the script that completes commands and flags in a shell';
  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish',
  ];
  static override args = { shell: shellArgument({ description: 'bash, zsh or fish', required: true }) };

  override async run(): Promise<CompletionResult> {
    const { args } = await this.parse(Completion);
    const { shell } = args;
    const script = scripts[shell](modelCommands(this.config));
    this.log(script.trimEnd());
    return { shell, script };
  }
}
