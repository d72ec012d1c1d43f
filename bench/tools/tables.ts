import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { idOfRow } from '../programs/row-ids.ts';
import type { TableReport } from '../programs/price-table.ts';
import { peerFile } from './peers.ts';
import type { PriceFile } from './price-files.ts';
import { runCommand } from './processes.ts';

/** What every kind of table tells. */
export type PeerTableReport = Pick<TableReport, 'readyMs' | 'memoryMb' | 'lookupNs'>;

/** Ours, in a process of its own; `other` replaces the list once and is used up by that. */
export async function measureTable(context: Context, { path, rows }: PriceFile, other?: string): Promise<TableReport> {
  const program = fileURLToPath(new URL('../programs/price-table.ts', import.meta.url));
  return JSON.parse(await runCommand(context, { side: 'any', command: [process.execPath, program, path, String(rows), ...(other === undefined ? [] : [other])] }));
}

/** A Map of strings. */
export async function measureMap(context: Context, file: PriceFile): Promise<PeerTableReport> {
  const command = [process.execPath, '--max-old-space-size=16384', peerFile('map-table.ts'), file.path, sampleIds(file)];
  return JSON.parse(await runCommand(context, { side: 'any', command }));
}

/** The original's list of tuples. */
export async function measureList(context: Context, python: readonly string[], file: PriceFile): Promise<PeerTableReport> {
  return JSON.parse(await runCommand(context, { side: 'any', command: [...python, peerFile('list_table.py'), file.path, sampleIds(file)] }));
}

/** Ids of the middle and of both ends. */
function sampleIds({ rows }: PriceFile): string {
  return [0.5, 0.1, 0.9, 0.3, 0.7].map((part) => idOfRow(1 + Math.floor((rows - 1) * part), rows)).join(',');
}
