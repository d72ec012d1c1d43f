import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toChart } from '../chart.ts';
import { runEngine } from '../clients/clients.ts';
import type { Section } from '../context.ts';
import type { Comparison, Point } from '../findings.ts';
import { defaultPrices, startPricectl } from '../tools/peers.ts';
import { memoryMbOf } from '../tools/processes.ts';

const memorySeconds = 90;

/** Memory under full load, with a reload every five seconds. */
export const growthMemorySection: Section = {
  name: 'growth-memory',
  title: 'Memory over a long run',
  async measure(context) {
    const prices = join(context.folder, 'prices.txt');
    const text = await readFile(defaultPrices, 'utf8');
    await writeFile(prices, text);
    await using server = await startPricectl(context, prices);
    context.log(`${memorySeconds} s`);
    const ended = new AbortController();
    const sampling = sample(server.pid, prices, text, AbortSignal.any([ended.signal, context.signal]));
    const report = await runEngine(context, { url: server.url, seconds: memorySeconds, vus: 64 }).finally(() => ended.abort());
    const lines = [
      { name: 'server', points: await sampling },
      { name: 'node engine', points: report.memoryMb.map((value, second): Point => [second + 1, value]) },
    ].filter(({ points }) => points.length > 8);
    return {
      comparisons: lines.map(({ name, points }) => flatness(name, points)),
      charts: [toChart('growth-memory', 'Resident memory under full load', 'seconds', 'MB', lines, { x: false })],
      remarks: [`${Math.round(report.requestsPerSecond * memorySeconds).toLocaleString('en-US')} requests in ${memorySeconds} s without a pause, ${report.failed} failed; a new price list every 5 s.`],
    };
  },
};

/** Memory each second until the signal aborts; a changed list every fifth. */
async function sample(pid: number, prices: string, text: string, signal: AbortSignal): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (let second = 1; await delay(1_000, true, { signal }).catch(() => false); second += 1) {
    const value = memoryMbOf(pid);
    if (value !== undefined) points.push([second, value]);
    if (second % 5 !== 0) continue;
    await writeFile(`${prices}.new`, `${text}P${second},1\n`);
    await rename(`${prices}.new`, prices);
  }
  return points;
}

/** The last quarter against the second one: the first belongs to the start. */
function flatness(name: string, points: readonly Point[]): Comparison {
  const quarter = Math.floor(points.length / 4);
  const values = (from: number) => points.slice(from, from + quarter).map(([, value]) => value);
  return {
    what: `memory of the ${name}`,
    unit: 'MB',
    figures: [
      { name: 'last quarter', values: values(points.length - quarter) },
      { name: 'second quarter', values: values(quarter) },
    ],
    goals: [{ against: 'second quarter', atMost: 1.1, wanted: 'flat: <= 1.1x' }],
  };
}
