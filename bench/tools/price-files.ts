import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { runCommand } from './processes.ts';

/** A generated price list. */
export interface PriceFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Younger files may still be written, so that a server waits for them: that wait is not what is measured. */
const settledMs = 5_500;

/** Writes a price list with this many rows, P124 among them; lists of another `generation` have other prices. */
export async function writePrices(context: Context, rows: number, generation = 0): Promise<PriceFile> {
  const path = join(context.folder, `prices-${rows}-${generation}.txt`);
  await runCommand(context, { side: 'any', command: [process.execPath, fileURLToPath(new URL('../programs/write-prices.ts', import.meta.url)), path, String(rows), String(generation)] });
  return { path, rows, bytes: (await stat(path)).size };
}

/** Waits until a list counts as written. */
export async function settle({ path }: PriceFile, signal: AbortSignal): Promise<void> {
  const age = Date.now() - (await stat(path)).ctimeMs;
  if (age < settledMs) await delay(settledMs - age, undefined, { signal });
}
