import type { DeletedRuns } from '../../workflows/delete-runs.ts';
import type { RunListing } from '../../workflows/recorded-runs.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';
import { formatCount, formatMs } from './numbers.ts';

/** Recorded runs as a table. */
export function presentRuns(runs: readonly RunListing[], style: Style): string {
  if (runs.length === 0) return 'no runs are recorded: pricectl loadtest or pricectl lab records one';
  const rows = runs.map((run) => [run.id, run.profile, run.engine, run.verdict, formatMs(run.ms), formatCount(run.requests)]);
  return formatColumns(['RUN', 'PROFILE', 'ENGINE', 'VERDICT', 'LENGTH', 'REQUESTS'], rows, style);
}

/** What was deleted, a line each, and what was left. */
export function presentDeletedRuns({ deleted, kept }: DeletedRuns): string {
  const gone = deleted.length === 0 ? ['no runs are deleted: there are none'] : deleted.map((id) => `deleted ${id}`);
  return [...gone, ...kept.map((id) => `kept ${id}: it may be under way; runs delete ${id} deletes it`)].join('\n');
}
