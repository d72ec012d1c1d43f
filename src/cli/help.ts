import { Help } from '@oclif/core/help';

/** Help as oclif shows it; but pricectl alone shows where things stand. */
export class PricectlHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    if (argv.length === 0) await this.config.runCommand('overview', []);
    else await super.showHelp(argv);
  }
}
