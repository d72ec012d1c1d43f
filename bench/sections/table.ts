import { link } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Section } from '../context.ts';
import type { Comparison } from '../findings.ts';
import type { TableReport } from '../programs/price-table.ts';
import { type PriceFile, settle, writePrices } from '../tools/price-files.ts';
import { figuresOf, inTurn, type Measured } from '../tools/rounds.ts';
import { measureList, measureMap, measureTable, type PeerTableReport } from '../tools/tables.ts';

const rows = 10_000_000;
const rounds = 3;

/** A large price list in memory. */
export const tableSection: Section = {
  name: 'table',
  title: `Price table: ${rows.toLocaleString('en-US')} rows`,
  async measure(context) {
    const [first, other] = [await writePrices(context, rows), await writePrices(context, rows, 1)];
    await settle(other, context.signal);
    context.log(`${(first.bytes / 1e6).toFixed(0)} MB, ${rounds} rounds`);
    const ours: TableReport[] = [];
    const { python } = context.programs;
    const measured = await inTurn<PeerTableReport>(rounds, [
      {
        name: 'pricectl',
        measure: async () => {
          const report = await measureRound(context, first, other, ours.length);
          ours.push(report);
          return report;
        },
      },
      { name: 'JS Map', measure: () => measureMap(context, first) },
      ...(python === undefined ? [] : [{ name: 'Python list', measure: () => measureList(context, python.command, first) }]),
    ]);
    return {
      comparisons: [...comparisonsOf(measured, first.bytes / 1e6), ...ownComparisons(ours, first.bytes / 1e6)],
      leftOut: python === undefined ? [{ what: 'Python list (goal: 4x faster)', why: 'there is no Python 3' }] : [],
      remarks: [`A list of ${(first.bytes / 1e6).toFixed(1)} MB in the page cache; a process of its own for each table, ${rounds} rounds in turn. Memory is resident memory of the whole process.`],
    };
  },
};

/** With links in the place of the lists, for they are moved over each other. */
async function measureRound(context: Context, first: PriceFile, other: PriceFile, round: number): Promise<TableReport> {
  const [path, next] = [join(context.folder, `first-${round}.txt`), join(context.folder, `next-${round}.txt`)];
  await link(first.path, path);
  await link(other.path, next);
  await settle({ ...other, path: next }, context.signal);
  return measureTable(context, { ...first, path }, next);
}

function comparisonsOf(measured: readonly Measured<PeerTableReport>[], fileMb: number): readonly Comparison[] {
  const peers = measured.slice(1).map(({ name }) => ({ against: name, atLeast: 4, wanted: '>= 4x faster' }));
  const memoryMb = Math.round(1.8 * fileMb + 60);
  return [
    { what: 'ready', unit: 'ms', figures: figuresOf(measured, ({ readyMs }) => readyMs), goals: [{ atMost: 3_000, wanted: '<= 3 s' }] },
    { what: 'rows a second until ready', unit: 'rows/s', figures: figuresOf(measured, ({ readyMs }) => (rows * 1_000) / readyMs), goals: peers },
    { what: 'memory', unit: 'MB', figures: figuresOf(measured, ({ memoryMb }) => memoryMb), goals: [{ atMost: memoryMb, wanted: `<= 1.8x file + 60 MB = ${memoryMb} MB` }] },
    { what: 'one look-up', unit: 'ns', figures: figuresOf(measured, ({ lookupNs }) => lookupNs), goals: [] },
  ];
}

function ownComparisons(ours: readonly TableReport[], fileMb: number): readonly Comparison[] {
  const own = (pick: (report: TableReport) => number | undefined) => [{ name: 'pricectl', values: ours.map((report) => pick(report) ?? Number.NaN) }];
  const peakMb = Math.round(3.6 * fileMb);
  return [
    { what: 'highest memory during a reload', unit: 'MB', figures: own(({ reloadPeakMb }) => reloadPeakMb), goals: [{ atMost: peakMb, wanted: `<= 3.6x file = ${peakMb} MB` }] },
    { what: 'longest turn of the event loop during a reload', unit: 'ms', figures: own(({ longestTurnMs }) => longestTurnMs), goals: [] },
    { what: 'one look-up of an unknown id', unit: 'ns', figures: own(({ unknownLookupNs }) => unknownLookupNs), goals: [] },
  ];
}
