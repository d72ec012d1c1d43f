import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import { priceFlags, runPrice } from '../cli/price-run.ts';
import type { PriceResult } from '../workflows/ask-prices.ts';

export type { PriceResult };

/** `pricectl price` */
export default class Price extends BaseCommand<PriceResult> {
  static override summary = 'ask the running service for prices; exit 6 when an id is unknown';
  static override description = 'Prints the price alone for one id, and ID,PRICE lines for several.';
  static override examples = ['<%= config.bin %> price P124', '<%= config.bin %> price P124 P125 --json'];
  static override strict = false;
  static override args = { id: Args.string({ description: 'product id; several may be given', required: true }) };
  static override flags = priceFlags;

  override async run(): Promise<PriceResult> {
    const { flags, argv } = await this.parse(Price);
    return runPrice(this.shell, flags, argv.map(String));
  }
}
