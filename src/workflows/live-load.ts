import type { EngineName, LoadProgress } from '../load/engine.ts';
import type { RunFolder, RunStore } from '../load/run-store.ts';
import type { ServiceIdentity } from '../targets/target.ts';
import { isRecord, parseJson } from '../tools/json.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../tools/process-identity.ts';
import { isSameService } from './recorded-runs.ts';

/** A load test under way, as its run folder tells it. */
export interface LiveLoad {
  /** Id of its run. */
  readonly id: string;
  readonly engine: EngineName;
  /** Length of the whole test; null while it isn't known. */
  readonly totalMs: number | null;
  readonly progress: LoadProgress;
}

/** What a run folder says while its load test is under way. */
interface LiveFile extends LiveLoad {
  readonly service: ServiceIdentity | null;
  /** Who makes the load: a file that a killed process left behind means nothing. */
  readonly process: ProcessIdentity;
}

/** Name of the file in a run folder that is there while its load test is under way. */
const liveFile = 'progress.json';

/** Tells others on this machine how a load test goes, until it is disposed. */
export interface LivePublisher extends AsyncDisposable {
  /** Writes the newest progress, unless the one before is still being written. */
  note(progress: LoadProgress): void;
}

/** What is published of a load test beside its progress. */
export interface PublishedLoad {
  readonly folder: RunFolder;
  readonly engine: EngineName;
  readonly service: ServiceIdentity | null;
  readonly totalMs: number | null;
}

/** Publishes the progress of a load test that this process makes, in its run folder. What can't be written keeps nobody from the load. */
export function publishLoad({ folder, ...load }: PublishedLoad): LivePublisher {
  let writing: Promise<void> | undefined;
  let hasEnded = false;
  const write = async (progress: LoadProgress) => {
    const self = await identifyProcess(process.pid);
    if (self !== undefined) await folder.write(liveFile, JSON.stringify({ id: folder.id, ...load, process: self, progress } satisfies LiveFile));
  };
  return {
    note(progress) {
      if (hasEnded) return;
      writing ??= write(progress)
        .catch(() => {})
        .finally(() => (writing = undefined));
    },
    async [Symbol.asyncDispose]() {
      hasEnded = true;
      await writing;
      await folder.remove(liveFile).catch(() => {});
    },
  };
}

/** Runs are named by their start, so one that is under way is among the last. */
const newestRuns = 20;

/** The newest load test of a service that is under way on this machine, or undefined. */
export async function findLiveLoad(runs: RunStore, service: ServiceIdentity): Promise<LiveLoad | undefined> {
  const ids = await runs.list().catch(() => []);
  for (const id of ids.slice(-newestRuns).toReversed()) {
    const found = parseJson(await runs.read(id, liveFile).catch(() => ''));
    if (!isLiveFile(found) || found.service === null || !isSameService(found.service, service)) continue;
    if (await isRunning(found.process)) return { id, engine: found.engine, totalMs: found.totalMs, progress: found.progress };
  }
  return undefined;
}

/** Whether a process of this machine makes the load of a run now, as far as its folder tells. */
export async function isUnderWay(runs: RunStore, id: string): Promise<boolean> {
  const found = parseJson(await runs.read(id, liveFile).catch(() => ''));
  return isLiveFile(found) && (await isRunning(found.process));
}

/** Looks at what tells such a file from other JSON; the rest was written with it. */
function isLiveFile(value: unknown): value is LiveFile {
  if (!isRecord(value) || !isRecord(value['progress']) || !isRecord(value['process']) || (value['service'] !== null && !isRecord(value['service']))) return false;
  return typeof value['process']['pid'] === 'number' && typeof value['progress']['requestsPerSecond'] === 'number';
}
