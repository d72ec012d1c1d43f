import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../cli/base-command.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { presentPriceCheck } from '../../cli/present/price-check.ts';
import { checkPrices, type PricesCheckResult } from '../../workflows/check-prices.ts';

export type { PricesCheckResult };

/** `pricectl prices check` */
export default class PricesCheck extends BaseCommand<PricesCheckResult> {
  static override summary = 'validate a price list; exit 6 when it is invalid';
  static override examples = ['<%= config.bin %> prices check prices.txt'];
  static override args = { file: Args.string({ description: 'file of ID,PRICE lines, or an http(s) URL', required: true }) };

  override async run(): Promise<PricesCheckResult> {
    const { args, flags } = await this.parse(PricesCheck);
    const result = await this.awaiting(`reads ${args.file}`, checkPrices(args.file, this.signal), flags);
    this.log(presentPriceCheck(result, this.style));
    if (!result.valid) this.endWith(exitCodes.negative);
    return result;
  }
}
