import { BaseCommand } from '../cli/base-command.ts';
import { createSteps, defaultPricesPath } from '../cli/compose.ts';
import { clusterFlags, serviceFlags } from '../cli/flags.ts';
import { switchFlag } from '../cli/plain-flags.ts';
import { toGivenSettings } from '../cli/given-settings.ts';
import { presentUp } from '../cli/present/up.ts';
import type { UpResult } from '../workflows/up.ts';

export type { UpResult };

/** `pricectl up` */
export default class Up extends BaseCommand<UpResult> {
  static override summary = 'bring the service up, or to the wanted state; safe to repeat';
  static override examples = ['<%= config.bin %> up', '<%= config.bin %> up --prices prices.txt --min 2 --max 6'];
  static override flags = { ...serviceFlags, ...clusterFlags, 'dry-run': switchFlag('dry-run', 'print what would be done, and change nothing') };

  override async run(): Promise<UpResult> {
    const { flags } = await this.parse(Up);
    const isDry = flags['dry-run'];
    const { target, reason } = await this.chooseTarget(flags, isDry ? 'reads' : 'changes');
    this.say(`${target.identity.target} target: ${reason}`, flags);
    const { bringUp, planUp } = await import('../workflows/up.ts');
    const result = await (isDry ? planUp : bringUp)({
      target,
      reason,
      given: toGivenSettings(flags, process.cwd()),
      defaultPrices: defaultPricesPath(),
      runSteps: createSteps(flags, this.jsonEnabled()),
      signal: this.signal,
    });
    this.log(presentUp(result, this.style));
    return result;
  }
}
