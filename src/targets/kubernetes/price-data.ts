import type { PriceData } from '../../prices/table.ts';
import { parseJson } from '../../tools/json.ts';
import { JsonReader } from '../read-json.ts';

/** The price data in an annotation; undefined without one, or when it holds something else. */
export function parsePriceData(text: string | undefined): PriceData | undefined {
  if (text === undefined) return undefined;
  try {
    const json = new JsonReader(parseJson(text), 'prices');
    return { rows: json.field('rows').number(), bytes: json.field('bytes').number(), sha256: json.field('sha256').text() };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
