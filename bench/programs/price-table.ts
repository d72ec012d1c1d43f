/**
 * How long a price table takes to be ready, what it holds, what a reload takes at most, and how long a look-up takes; printed as JSON.
 * Arguments: path and rows of a price list, and of another one that is moved there once; it must be older than 5 s, for younger files are waited for.
 */
import { rename } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPriceFeed } from '../../src/prices/feed.ts';
import type { PriceTable } from '../../src/prices/table.ts';
import { idOfRow } from './row-ids.ts';

/** What was measured. Memory is resident, in MB (10^6 bytes). */
export interface TableReport {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly lookupNs: number;
  readonly unknownLookupNs: number;
  /** Highest memory while the other list is loaded and the first one is still there; undefined without one. */
  readonly reloadPeakMb?: number;
  /** Longest turn of the event loop meanwhile. */
  readonly longestTurnMs?: number;
}

const lookups = 1_000_000;
const megabyte = 1e6;

/** Average time of a look-up in nanoseconds, over ids in random order. */
function timeLookups(table: PriceTable, ids: readonly string[], expected: number): number {
  const startedAt = performance.now();
  let found = 0;
  for (const id of ids) if (table.lookup(id) !== undefined) found += 1;
  if (found !== expected) throw new Error(`${found} of ${expected} ids found`);
  return ((performance.now() - startedAt) / ids.length) * 1e6;
}

/** Moves a list to the place of the one that is followed, and watches until its table is there. */
async function reload(from: string, to: string, replaced: Promise<PriceTable>): Promise<{ readonly table: PriceTable; readonly reloadPeakMb: number; readonly longestTurnMs: number }> {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await rename(from, to);
  const table = await replaced;
  // Until the old table is freed.
  await sleep(1_000);
  delays.disable();
  clearInterval(timer);
  return { table, reloadPeakMb: peak / megabyte, longestTurnMs: delays.max / 1e6 };
}

async function measure(path: string, rows: number, other: string | undefined, signal: AbortSignal): Promise<TableReport> {
  const { promise: replaced, resolve, reject } = Promise.withResolvers<PriceTable>();
  const startedAt = performance.now();
  const feed = await openPriceFeed(path, { signal, pollIntervalMs: 100 }, { onLoaded: resolve, onRejected: reject, onUnchanged() {} });
  const [readyMs, memoryMb] = [performance.now() - startedAt, process.memoryUsage.rss() / megabyte];
  const { table, ...reloaded } = other === undefined ? { table: feed.table } : await reload(other, path, replaced);
  // A multiplier of its own, lest the look-ups follow the file's order.
  const ids = Array.from({ length: lookups }, (_, index) => idOfRow(1 + ((index * 7_919) % (rows - 1)), rows));
  const unknownIds = ids.map((id) => `${id}?`);
  timeLookups(table, ids.slice(0, 100_000), 100_000);
  const [lookupNs, unknownLookupNs] = [timeLookups(table, ids, lookups), timeLookups(table, unknownIds, 0)];
  return { readyMs, memoryMb, ...reloaded, lookupNs, unknownLookupNs };
}

const [path = '', rows, other] = process.argv.slice(2);
const controller = new AbortController();
console.log(JSON.stringify(await measure(path, Number(rows), other, controller.signal)));
controller.abort();
