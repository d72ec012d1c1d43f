import type { RunStore } from '../load/run-store.ts';
import { NegativeError } from '../tools/errors.ts';
import { isUnderWay } from './live-load.ts';
import { recordFile } from './recorded-runs.ts';

/** What `runs delete` did. */
export interface DeletedRuns {
  /** Ids of the runs that are gone. */
  readonly deleted: readonly string[];
  /** Ids of those that `--all` left: without a record and younger than a day, they may still be under way. */
  readonly kept: readonly string[];
}

/** The longest that a load test may take: all durations end at a day. */
const longestRunMs = 24 * 3_600_000;

/** Deletes these runs, whole or damaged. Throws NegativeError `PRICECTL_E_NO_SUCH_RUN` when one is unknown, `PRICECTL_E_RUN_UNDER_WAY` when its load is being made; then none is deleted. */
export async function deleteNamedRuns(runs: RunStore, ids: readonly string[]): Promise<DeletedRuns> {
  const known = new Set(await runs.list());
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const words = unknown.map((id) => JSON.stringify(id)).join(', ');
    throw new NegativeError('PRICECTL_E_NO_SUCH_RUN', `there is no run ${words}; nothing is deleted`, { hints: ['pricectl runs list'] });
  }
  for (const id of ids) {
    if (await isUnderWay(runs, id)) throw new NegativeError('PRICECTL_E_RUN_UNDER_WAY', `run ${id} is under way; nothing is deleted`, { hints: ['end its load test by Ctrl-C, or wait for it'] });
  }
  const deleted = [...new Set(ids)];
  for (const id of deleted) await runs.remove(id);
  return { deleted, kept: [] };
}

/** Sorts all runs into those that `--all` deletes and those that may be under way at `nowMs`. */
export async function listDeletable(runs: RunStore, nowMs: number): Promise<DeletedRuns> {
  const deleted: string[] = [];
  const kept: string[] = [];
  for (const id of await runs.list()) {
    const hasRecord = await runs.read(id, recordFile).then(() => true, () => false);
    (hasRecord || nowMs - startOf(id) > longestRunMs ? deleted : kept).push(id);
  }
  return { deleted, kept };
}

/** Milliseconds since the epoch, from an id as the run store makes it. */
function startOf(id: string): number {
  const [, date, hours, minutes, seconds] = /^(\d{4}-\d{2}-\d{2})-(\d{2})(\d{2})(\d{2})/.exec(id) ?? [];
  return Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
}
