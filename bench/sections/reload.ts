import { link, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runEngine } from '../clients/clients.ts';
import type { Context, Section } from '../context.ts';
import type { EngineReport } from '../programs/engine.ts';
import { startPricectl } from '../tools/peers.ts';
import { type PriceFile, settle, writePrices } from '../tools/price-files.ts';
import type { RunningServer } from '../tools/processes.ts';
import { figuresOf, inTurn } from '../tools/rounds.ts';

const rows = 10_000_000;
const rate = 2_000;
const seconds = 10;
const rounds = 4;

/** What clients feel of a large reload. */
export const reloadSection: Section = {
  name: 'reload',
  title: `Server with ${rows.toLocaleString('en-US')} prices while as many new ones are loaded and swapped in`,
  async measure(context) {
    const lists = [await writePrices(context, rows), await writePrices(context, rows, 1)];
    const [first = failed(), second = failed()] = lists;
    const served = join(context.folder, 'served.txt');
    await link(first.path, served);
    await settle({ ...first, path: served }, context.signal);
    await using server = await startPricectl(context, served, 'any');
    const order = { url: server.url, seconds, rate, vus: 50 };
    await runEngine(context, { ...order, seconds: 3 });
    context.log(`${rounds} rounds of ${seconds} s each way`);
    let reloads = 0;
    const reload = () => swap(context, server, [second, first][reloads++ % 2] ?? first, served);
    const measured = await inTurn<EngineReport>(rounds, [
      { name: 'during a reload', measure: async () => (await Promise.all([runEngine(context, order), reload()]))[0] },
      { name: 'steady', measure: () => runEngine(context, order) },
    ]);
    const goals = [{ against: 'steady', atMost: 1.5 }];
    return {
      comparisons: [
        { what: '99.9th percentile', unit: 'ms', figures: figuresOf(measured, ({ p999Ms }) => p999Ms), goals },
        { what: '99th percentile', unit: 'ms', figures: figuresOf(measured, ({ p99Ms }) => p99Ms), goals: [] },
        { what: 'longest request', unit: 'ms', figures: figuresOf(measured, ({ maxMs }) => maxMs), goals: [] },
        { what: 'failed requests', unit: '', figures: figuresOf(measured, ({ failed }) => failed), goals: [{ atMost: 0, wanted: '0' }] },
      ],
      remarks: [
        `${rate.toLocaleString('en-US')} requests a second, open-loop, ${rounds} rounds of ${seconds} s in turn; a reload begins a second into its round and ends before it. The server may use all cores: a thread of it builds the new table.`,
      ],
    };
  },
};

/** Puts a list in the place of the served one, and waits until the server has it. */
async function swap(context: Context, server: RunningServer, list: PriceFile, served: string): Promise<void> {
  await delay(1_000, undefined, { signal: context.signal });
  await link(list.path, `${served}.new`);
  const reloaded = server.nextLine('reloaded: ');
  await rename(`${served}.new`, served);
  const startedAt = performance.now();
  await reloaded;
  const ms = performance.now() - startedAt;
  if (ms > (seconds - 2) * 1_000) throw new Error(`a reload took ${Math.round(ms)} ms, longer than its load`);
}

function failed(): never {
  throw new Error('a list is missing');
}
