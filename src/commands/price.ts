import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { urlFlag } from '../cli/flags.ts';
import { presentPriceAnswers, presentUnknownIds } from '../cli/present/price.ts';
import { askPrices, type PriceResult } from '../workflows/ask-prices.ts';

export type { PriceResult };

/** `pricectl price` */
export default class Price extends BaseCommand<PriceResult> {
  static override summary = 'ask the running service for prices; exit 6 when an id is unknown';
  static override description = 'Prints the price alone for one id, and ID,PRICE lines for several.';
  static override examples = ['<%= config.bin %> price P124', '<%= config.bin %> price P124 P125 --json'];
  static override strict = false;
  static override args = { id: Args.string({ description: 'product id; several may be given', required: true }) };
  static override flags = {
    url: urlFlag('url', 'ask the service at this URL instead of ours'),
  };

  override async run(): Promise<PriceResult> {
    const { flags, argv } = await this.parse(Price);
    const { createHttpClient } = await import('../tools/http.ts');
    await using connection = flags.url === undefined ? await (await this.chooseTarget(flags, 'reads')).target.connect(this.signal) : undefined;
    const asked = askPrices(flags.url ?? connection?.url ?? '', argv.map(String), createHttpClient(), this.signal);
    const result = await this.awaiting('asks the service', asked, flags);
    const answers = presentPriceAnswers(result);
    if (answers !== '') this.log(answers);
    const unknown = presentUnknownIds(result);
    if (unknown !== '') {
      this.logToStderr(unknown);
      this.endWith(exitCodes.negative);
    }
    return result;
  }
}
