import { readFile } from 'node:fs/promises';
import { loadPriceTable } from '../prices/load.ts';
import { parsePriceSource } from '../prices/source.ts';
import { UsageError } from '../tools/errors.ts';
import { asFileError } from '../tools/files.ts';

/** Most ids that a load test asks for; of a larger price list it takes rows at even distances. */
const mostIds = 10_000;

/** The ids of a file, one a line. Throws EnvironmentError when it can't be read, UsageError when it has none. */
export async function readIds(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw asFileError(error, `can't read ${path}`);
  }
  const ids = text.split(/\r?\n/).filter((line) => line !== '');
  if (ids.length === 0) throw new UsageError('PRICECTL_E_USAGE', `${path} has no ids: it wants one a line`);
  return ids;
}

/** Ids of a price list, at most `mostIds` of them. Throws what loading the list throws. */
export async function idsOfPrices(prices: string, signal: AbortSignal): Promise<readonly string[]> {
  const table = await loadPriceTable(parsePriceSource(prices), { signal });
  const count = Math.min(table.rows, mostIds);
  return Array.from({ length: count }, (_, index) => table.idAt(Math.floor((index * table.rows) / count)));
}
