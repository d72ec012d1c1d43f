import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IndexOptions, indexPrices } from './index-prices.ts';
import { IndexedPriceTable } from './indexed-table.ts';

/** The bytes of a text, or bytes, in a buffer of their own. */
export function toBuffer(content: string | Uint8Array): ArrayBuffer {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return new Uint8Array(bytes).buffer;
}

/** The table of a price list, built in the calling thread. Errors name it `prices.txt`. */
export function tableOf(content: string | Uint8Array, options?: IndexOptions): IndexedPriceTable {
  return new IndexedPriceTable(indexPrices(toBuffer(content), 'prices.txt', options), 'of no interest');
}

/** A price list of so many rows; prices tell generations apart. Beyond 5,000 rows it is too large to be built in the calling thread. */
export function listOf(rows: number, generation = 0): string {
  return Array.from({ length: rows }, (_, row) => `P${row},${row}.${generation}\n`).join('');
}

/** A folder for the files of one test. */
export async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pricectl-prices-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The worker threads and sockets of this process. */
export function activeResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /MessagePort|TCP|TLS/.test(name)).toSorted();
}

/** A reproducible source of numbers from 0 to 1 (mulberry32 by Tommy Ettinger). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
