import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../cli/base-command.ts';
import { createSteps } from '../../cli/compose.ts';
import { toGivenSettings } from '../../cli/given-settings.ts';
import { presentPricesPush } from '../../cli/present/prices.ts';
import type { PricesPushResult } from '../../workflows/push-prices.ts';

export type { PricesPushResult };

/** `pricectl prices push` */
export default class PricesPush extends BaseCommand<PricesPushResult> {
  static override summary = 'deliver a price list to the running service and see each replica serve it';
  static override description = 'An invalid list is refused before anything is changed.';
  static override examples = ['<%= config.bin %> prices push prices.txt'];
  static override args = { file: Args.string({ description: 'file of ID,PRICE lines, or an http(s) URL', required: true }) };

  override async run(): Promise<PricesPushResult> {
    const { args, flags } = await this.parse(PricesPush);
    const { target } = await this.chooseTarget(flags, 'changes');
    const { pushPrices } = await import('../../workflows/push-prices.ts');
    const prices = toGivenSettings({ prices: args.file }, process.cwd()).prices ?? args.file;
    const result = await pushPrices({ target, prices, runSteps: createSteps(flags, this.jsonEnabled()), signal: this.signal });
    this.log(presentPricesPush(result, this.style));
    return result;
  }
}
