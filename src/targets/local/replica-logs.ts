import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../tools/errors.ts';
import { asFileError } from '../../tools/files.ts';
import { olderLog } from './log-file.ts';

const extension = '.log';

/** Replicas that are gone and whose logs are kept, for a look at why they went. */
const keptGone = 20;

/** Log file of a replica. */
export function replicaLogPath(logsFolder: string, replica: string): string {
  return join(logsFolder, `${replica}${extension}`);
}

/** Names of all replicas that have a log file, in no order; none when there is no folder. */
export async function listLoggedReplicas(logsFolder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(logsFolder);
    return names.filter((name) => name.endsWith(extension)).map((name) => name.slice(0, -extension.length));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw asFileError(error, `can't read ${logsFolder}`);
  }
}

/** Removes the logs of replicas that are gone but for those that wrote last. `present` are the names of those that are there. */
export async function pruneLogs(logsFolder: string, present: ReadonlySet<string>): Promise<void> {
  const gone = (await listLoggedReplicas(logsFolder)).filter((name) => !present.has(name));
  const paths = gone.map((name) => replicaLogPath(logsFolder, name));
  const written = await Promise.all(paths.map(async (path) => ({ path, atMs: (await stat(path)).mtimeMs })));
  const outdated = written.toSorted((a, b) => b.atMs - a.atMs).slice(keptGone);
  await Promise.all(outdated.flatMap(({ path }) => [rm(path, { force: true }), rm(olderLog(path), { force: true })]));
}
