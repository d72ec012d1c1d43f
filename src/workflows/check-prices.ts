import { PricesInvalidError } from '../prices/errors.ts';
import { loadPriceTable } from '../prices/load.ts';
import { parsePriceSource } from '../prices/source.ts';
import type { PriceData } from '../prices/table.ts';

/** Whether a price list is valid, and what is wrong with it. */
export interface PricesCheckResult {
  readonly file: string;
  readonly valid: boolean;
  /** Null when it is invalid. */
  readonly prices: PriceData | null;
  /** The first thing that is wrong; null when it is valid. */
  readonly problem: { readonly line: number | null; readonly message: string } | null;
}

/** Reads and validates a price list. Throws EnvironmentError when it can't be read. */
export async function checkPrices(source: string, signal: AbortSignal): Promise<PricesCheckResult> {
  try {
    const { rows, bytes, sha256 } = await loadPriceTable(parsePriceSource(source), { signal });
    return { file: source, valid: true, prices: { rows, bytes, sha256 }, problem: null };
  } catch (error) {
    if (!(error instanceof PricesInvalidError)) throw error;
    return { file: source, valid: false, prices: null, problem: { line: error.line ?? null, message: error.message } };
  }
}
