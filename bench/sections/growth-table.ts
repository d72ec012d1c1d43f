import { toChart } from '../chart.ts';
import type { Section } from '../context.ts';
import type { ChartLine, Findings, Point } from '../findings.ts';
import type { TableReport } from '../programs/price-table.ts';
import { type PriceFile, settle, writePrices } from '../tools/price-files.ts';
import { measureMap, measureTable, type PeerTableReport } from '../tools/tables.ts';

/** A table's time, memory and look-up by its rows. */
export const growthTableSection: Section = {
  name: 'growth-table',
  title: 'Price table by rows',
  async measure(context) {
    const sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    const files: PriceFile[] = [];
    for (const rows of sizes) files.push(await writePrices(context, rows));
    for (const file of files) await settle(file, context.signal);
    const points: { readonly file: PriceFile; readonly ours: TableReport; readonly map: PeerTableReport }[] = [];
    for (const file of files) {
      context.log(`${file.rows} rows`);
      points.push({ file, ours: await measureTable(context, file), map: await measureMap(context, file) });
    }
    const line = (name: string, pick: (point: (typeof points)[number]) => number) => ({ name, points: points.map((point): Point => [point.file.rows, pick(point)]) });
    const ready = [line('pricectl', ({ ours }) => ours.readyMs), line('JS Map', ({ map }) => map.readyMs)];
    const memory = [line('pricectl', ({ ours }) => ours.memoryMb), line('JS Map', ({ map }) => map.memoryMb), line('file', ({ file }) => file.bytes / 1e6)];
    const lookup = [line('pricectl', ({ ours }) => ours.lookupNs), line('unknown id', ({ ours }) => ours.unknownLookupNs)];
    return {
      comparisons: [...rowsOf(ready, 'ready', 'ms'), ...rowsOf(memory, 'memory', 'MB'), ...rowsOf(lookup, 'look-up', 'ns')],
      charts: [
        toChart('growth-table-ready', 'Time until a table is ready', 'rows', 'ms', ready, { y: true }),
        toChart('growth-table-memory', 'Resident memory of a process with a table', 'rows', 'MB', memory, { y: true }),
        toChart('growth-table-lookup', 'One look-up, ids in random order', 'rows', 'ns', lookup),
      ],
      remarks: ['One process for each point.'],
    };
  },
};

function rowsOf(lines: readonly ChartLine[], what: string, unit: string): Findings['comparisons'] {
  const xs = lines[0]?.points.map(([x]) => x) ?? [];
  return xs.map((x, index) => ({
    what: `${what}, ${x.toLocaleString('en-US')} rows`,
    unit,
    figures: lines.map(({ name, points }) => ({ name, values: [points[index]?.[1] ?? Number.NaN] })),
    goals: [],
  }));
}
