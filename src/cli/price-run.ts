import { askPrices, type PriceResult } from '../workflows/ask-prices.ts';
import type { CommandShell } from './command-shell.ts';
import type { GlobalFlags } from './compose.ts';
import { exitCodes } from './exit-codes.ts';
import { urlFlag } from './plain-flags.ts';
import { presentPriceAnswers, presentUnknownIds } from './present/price.ts';

/** Flags of `price` beside those of every command. */
export const priceFlags = {
  url: urlFlag('url', 'ask the service at this URL instead of ours'),
};

/** The work of `price`, with oclif or without: asks for the ids, prints the answers and sets the exit code. Throws what finding the service and `askPrices` throw. */
export async function runPrice(shell: CommandShell, flags: GlobalFlags & { readonly url?: string | undefined }, ids: readonly string[]): Promise<PriceResult> {
  const { createHttpClient } = await import('../tools/http.ts');
  await using connection = flags.url === undefined ? await (await shell.chooseTarget(flags, 'reads')).target.connect(shell.signal) : undefined;
  const asked = askPrices(flags.url ?? connection?.url ?? '', ids, createHttpClient(), shell.signal);
  const result = await shell.awaiting('asks the service', asked, flags);
  const answers = presentPriceAnswers(result);
  if (answers !== '') shell.log(answers);
  const unknown = presentUnknownIds(result);
  if (unknown !== '') {
    shell.logToStderr(unknown);
    process.exitCode = exitCodes.negative;
  }
  return result;
}
