import { buildTable } from './build-table.ts';
import { downloadLimits } from './download.ts';
import { describePriceSource, type PriceSource } from './source.ts';
import type { PriceTable } from './table.ts';
import type { TableInput } from './table-request.ts';
import { UrlWatch } from './url-watch.ts';

/**
 * Reads or downloads a price list once, checks it and builds its table. Throws PricesInvalidError for a list that isn't one, EnvironmentError
 * for one that can't be read (PricesDownloadError from a URL), the signal's reason on abort.
 */
export async function loadPriceTable(source: PriceSource, { signal }: { readonly signal: AbortSignal }): Promise<PriceTable> {
  const label = describePriceSource(source);
  const input = await toInput(source, signal);
  const built = await buildTable({ input, label, knownSha256: undefined }, signal);
  if (built === undefined) throw new Error('a price list was taken for unchanged by somebody who knows none');
  await built.end();
  return built.table;
}

async function toInput(source: PriceSource, signal: AbortSignal): Promise<TableInput> {
  if (source.kind === 'file') return { kind: 'file', path: source.path, expectedState: undefined };
  const look = await new UrlWatch(source.url, downloadLimits).look(signal);
  if (look.kind !== 'candidate') throw new Error('a URL that was never asked has nothing new');
  return look.input;
}
