import { BaseCommand } from '../../cli/base-command.ts';
import { presentPricesShow } from '../../cli/present/prices.ts';
import { describePriceSource, parsePriceSource } from '../../prices/source.ts';
import { type PricesShowResult, showPrices } from '../../workflows/show-prices.ts';

export type { PricesShowResult };

/** `pricectl prices show` */
export default class PricesShow extends BaseCommand<PricesShowResult> {
  static override summary = 'what each replica serves';
  static override examples = ['<%= config.bin %> prices show'];

  override async run(): Promise<PricesShowResult> {
    const { flags } = await this.parse(PricesShow);
    const { target } = await this.chooseTarget(flags, 'reads');
    const shown = showPrices(target, (prices) => describePriceSource(parsePriceSource(prices)), this.signal);
    const result = await this.awaiting('asks each replica', shown, flags);
    this.log(presentPricesShow(result, this.style));
    return result;
  }
}
