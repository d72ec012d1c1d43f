import type { LoadTestResult } from '../load/summary.ts';
import type { RunStore } from '../load/run-store.ts';
import type { ServiceIdentity } from '../targets/target.ts';

/** What is kept of every run beside its result. */
export interface RunRecord {
  readonly result: LoadTestResult;
  /** The service that was loaded; null when it wasn't one of ours. */
  readonly service: ServiceIdentity | null;
}

/** One recorded run in a list. */
export interface RunListing {
  readonly id: string;
  readonly startedAt: string;
  readonly profile: string;
  readonly engine: string;
  readonly verdict: LoadTestResult['verdict'];
  /** Length in milliseconds. */
  readonly ms: number;
  readonly requests: number;
}

/** Name of the file that holds a run's RunRecord. */
export const recordFile = 'run.json';

/** Reads one run. Throws NegativeError for an unknown one. */
export async function readRun(runs: RunStore, id: string): Promise<RunRecord> {
  // Written by recordRun of this program and nobody else; a damaged file fails in JSON.parse.
  const record: RunRecord = JSON.parse(await runs.read(id, recordFile));
  return record;
}

/** All runs that have a result, oldest first; a run that was killed before its end is left out. */
export async function listRuns(runs: RunStore): Promise<readonly RunListing[]> {
  const listings: RunListing[] = [];
  for (const id of await runs.list()) {
    const record = await readRun(runs, id).catch(() => undefined);
    if (record !== undefined) listings.push(toListing(record.result));
  }
  return listings;
}

/** Deletes the recorded runs of a service and returns how many. */
export async function deleteRuns(runs: RunStore, service: ServiceIdentity): Promise<number> {
  let deleted = 0;
  for (const id of await runs.list()) {
    const record = await readRun(runs, id).catch(() => undefined);
    if (record === undefined || !isSame(record.service, service)) continue;
    await runs.remove(id);
    deleted += 1;
  }
  return deleted;
}

function isSame(a: ServiceIdentity | null, b: ServiceIdentity): boolean {
  return a !== null && a.target === b.target && a.context === b.context && a.namespace === b.namespace && a.name === b.name;
}

function toListing({ id, startedAt, profile, engine, verdict, ms, metrics }: LoadTestResult): RunListing {
  return { id, startedAt, profile, engine, verdict, ms, requests: metrics['http_reqs']?.values['count'] ?? 0 };
}
