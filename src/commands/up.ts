import { BaseCommand } from '../cli/base-command.ts';
import { chooseTarget, createSteps, defaultPricesPath } from '../cli/compose.ts';
import { clusterFlags, serviceFlags } from '../cli/flags.ts';
import { toGivenSettings } from '../cli/given-settings.ts';
import { presentUp } from '../cli/present/up.ts';
import type { UpResult } from '../workflows/up.ts';

export type { UpResult };

/** `pricectl up` */
export default class Up extends BaseCommand<UpResult> {
  static override summary = 'bring the service up, or to the wanted state; safe to repeat';
  static override examples = ['<%= config.bin %> up', '<%= config.bin %> up --prices prices.txt --min 2 --max 6'];
  static override flags = { ...serviceFlags, ...clusterFlags };

  override async run(): Promise<UpResult> {
    const { flags } = await this.parse(Up);
    const { target, reason } = await chooseTarget(flags);
    this.say(`${target.identity.target} target: ${reason}`, flags);
    const { bringUp } = await import('../workflows/up.ts');
    const result = await bringUp({
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
