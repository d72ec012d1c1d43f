/**
 * How long a price table takes to be ready, what it holds, what a reload takes at most, and how long a look-up takes.
 * Run: `node bench/price-table.ts [rows]`, by default with 10,000,000.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPriceFeed } from '../src/prices/feed.ts';
import type { PriceTable } from '../src/prices/table.ts';

const [rowsText = '10000000', generatedPath, generation = '0'] = process.argv.slice(2);
const rows = Number(rowsText);
/** A prime, so that neighbours in the file aren't neighbours in their numbers. */
const stride = 6_700_417;
const lookups = 1_000_000;

function idOf(row: number): string {
  return `P${String((row * stride) % rows).padStart(10, '0')}`;
}

function* priceLines(generation: number): Generator<string> {
  for (let row = 0; row < rows; ) {
    let text = '';
    for (const end = Math.min(rows, row + 10_000); row < end; row += 1) text += `${idOf(row)},${(((row * 37) % 1_000_000) + generation) / 100}\n`;
    yield text;
  }
}

/** Writes a price list in a process of its own, so that this one's memory is that of the table. */
async function writePrices(path: string, generation: number): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename, rowsText, path, String(generation)], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`writing ${path} failed`);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** Watches resident memory until it is stopped; returns its highest value. */
function watchMemory(): () => number {
  let peak = 0;
  const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    return Math.max(peak, look());
  };
}

/** Watches the event loop until it is stopped; returns its longest delay in ms. */
function watchEventLoop(): () => number {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  return () => {
    delays.disable();
    return delays.max / 1e6;
  };
}

/** Average time of a look-up in nanoseconds, over ids in random order. */
function timeLookups(table: PriceTable, ids: readonly string[], expected: number): number {
  const startedAt = performance.now();
  let found = 0;
  for (const id of ids) if (table.lookup(id) !== undefined) found += 1;
  if (found !== expected) throw new Error(`${found} of ${expected} ids found`);
  return ((performance.now() - startedAt) / ids.length) * 1e6;
}

async function measure(folder: string, signal: AbortSignal): Promise<void> {
  const path = join(folder, 'prices.txt');
  await writePrices(path, 0);
  const { size } = await stat(path);
  console.log(`${rows.toLocaleString('en')} rows, ${megabytes(size)}; Node ${process.versions.node}, ${megabytes(process.memoryUsage.rss())} before`);
  // Older than what is half written can be: the wait for that is not what is measured here.
  while (Date.now() - (await stat(path)).ctimeMs < 5_500) await sleep(100);

  let replaced = Promise.withResolvers<PriceTable>();
  const startedAt = performance.now();
  const feed = await openPriceFeed(
    path,
    { signal, pollIntervalMs: 100 },
    { onLoaded: (table) => replaced.resolve(table), onRejected: (error) => replaced.reject(error), onUnchanged() {} },
  );
  console.log(`ready       ${(performance.now() - startedAt).toFixed(0)} ms`);
  const report = (what: string, bytes: number) => console.log(`${what.padEnd(11)} ${megabytes(bytes)}, ${(bytes / size).toFixed(2)} x the file`);
  report('table', feed.table.memoryBytes);
  report('RSS', process.memoryUsage.rss());

  let table = feed.table;
  for (let reload = 1; reload <= 3; reload += 1) {
    replaced = Promise.withResolvers();
    await writePrices(`${path}.new`, reload);
    const stopWatchingIdle = watchEventLoop();
    await sleep(2_000);
    const idleMs = stopWatchingIdle();
    const stopWatchingMemory = watchMemory();
    const stopWatching = watchEventLoop();
    await rename(`${path}.new`, path);
    const renamedAt = performance.now();
    table = await replaced.promise;
    const seenMs = performance.now() - renamedAt;
    // Until the old table is freed.
    await sleep(2_000);
    report('reload peak', stopWatchingMemory());
    console.log(`            seen after ${seenMs.toFixed(0)} ms, of which 500 ms stand still`);
    console.log(`            longest turn of the event loop ${stopWatching().toFixed(1)} ms, ${idleMs.toFixed(1)} ms in 2 s of doing nothing`);
    report('RSS', process.memoryUsage.rss());
  }

  const ids = Array.from({ length: lookups }, (_, index) => idOf((index * 7_919) % rows));
  const unknownIds = ids.map((id) => `${id}?`);
  for (let round = 0; round < 3; round += 1) {
    const known = timeLookups(table, ids, lookups);
    const unknown = timeLookups(table, unknownIds, 0);
    console.log(`look-up     ${known.toFixed(0)} ns, of an unknown id ${unknown.toFixed(0)} ns`);
  }
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'price-table-'));
  const controller = new AbortController();
  try {
    await measure(folder, controller.signal);
  } finally {
    controller.abort();
    await rm(folder, { recursive: true });
  }
}

if (generatedPath === undefined) await main();
else await pipeline(Readable.from(priceLines(Number(generation))), createWriteStream(generatedPath));
