import type { LoadTestResult } from '../load/summary.ts';
import type { RunStore } from '../load/run-store.ts';
import type { ServiceIdentity, ServiceSettings } from '../targets/target.ts';
import { EnvironmentError } from '../tools/errors.ts';
import { isRecord, parseJson } from '../tools/json.ts';

/** Version of what a run folder holds. Raised when what is older can't be read as what is newer; runs from before it was written have none. */
export const runFormat = 1;

/** What is kept of every run beside its result. */
export interface RunRecord {
  readonly format: number;
  readonly result: LoadTestResult;
  /** The service that was loaded; null when it wasn't one of ours. */
  readonly service: ServiceIdentity | null;
  /** What that service ran with when the load began; null when it isn't known. */
  readonly settings: ServiceSettings | null;
  /** The arguments of pricectl that made the run, passwords in URLs left out; null when they aren't known. */
  readonly command: readonly string[] | null;
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

/** Name of the file that holds a run's summary as text. */
export const summaryFile = 'summary.txt';

/** Reads one run. Throws NegativeError for an unknown one, EnvironmentError `PRICECTL_E_RUN_DAMAGED` for one that isn't as it was written, `PRICECTL_E_RUN_FORMAT` for one of a newer pricectl. */
export async function readRun(runs: RunStore, id: string): Promise<RunRecord> {
  const record = parseJson(await runs.read(id, recordFile));
  if (isRecord(record) && typeof record['format'] === 'number' && record['format'] > runFormat) {
    const problem = `run ${id} was recorded by a newer pricectl: its format is ${record['format']}, and this one reads up to ${runFormat}`;
    throw new EnvironmentError('PRICECTL_E_RUN_FORMAT', problem, { hints: ['npm install --global pricectl@latest'] });
  }
  if (!isRunRecord(record)) {
    throw new EnvironmentError('PRICECTL_E_RUN_DAMAGED', `the record of run ${id} is damaged`, { hints: [`remove ${runs.path}/${id}`] });
  }
  return { ...record, format: record.format ?? runFormat, settings: record.settings ?? null, command: record.command ?? null };
}

/** Looks at what tells a record from other JSON and at what lists show; the rest was written with it. */
function isRunRecord(value: unknown): value is Pick<RunRecord, 'result' | 'service'> & Partial<RunRecord> {
  if (!isRecord(value) || !isRecord(value['result']) || !(value['service'] === null || isRecord(value['service']))) return false;
  const { id, startedAt, profile, engine, verdict, ms, metrics } = value['result'];
  const hasMetrics = isRecord(metrics) && Object.values(metrics).every((metric) => isRecord(metric) && isRecord(metric['values']));
  return [id, startedAt, profile, engine, verdict].every((text) => typeof text === 'string') && typeof ms === 'number' && hasMetrics && hasWholeLists(value['result']);
}

/** Lists may be missing, but their entries are whole or the record was edited. */
function hasWholeLists(result: Readonly<Record<string, unknown>>): boolean {
  return ['thresholds', 'checks', 'runners'].every((name) => {
    const list = result[name];
    return !Array.isArray(list) || list.every(isRecord);
  });
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
    if (!record?.service || !isSameService(record.service, service)) continue;
    await runs.remove(id);
    deleted += 1;
  }
  return deleted;
}

/** Whether two identities name the same service. */
export function isSameService(a: ServiceIdentity, b: ServiceIdentity): boolean {
  return a.target === b.target && a.context === b.context && a.namespace === b.namespace && a.name === b.name;
}

function toListing({ id, startedAt, profile, engine, verdict, ms, metrics }: LoadTestResult): RunListing {
  return { id, startedAt, profile, engine, verdict, ms, requests: metrics['http_reqs']?.values['count'] ?? 0 };
}
