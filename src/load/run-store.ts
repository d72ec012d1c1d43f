import { constants } from 'node:buffer';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, NegativeError, systemCode } from '../tools/errors.ts';
import { asFileError, ensurePrivateFolder, writeFileAtomic } from '../tools/files.ts';

/** The folder of one recorded run. */
export interface RunFolder {
  /** `2026-11-23-120301-lab`: UTC date and time of the start, and what made the run. */
  readonly id: string;
  readonly path: string;
  /** Writes one file of the run, whole; in pieces what may be longer than a text can be. Throws EnvironmentError, for example when the disk is full. */
  write(file: string, content: string | Iterable<string>): Promise<void>;
  /** Removes one file of the run, if it is there. Throws EnvironmentError. */
  remove(file: string): Promise<void>;
}

/** Recorded runs, a folder each. */
export interface RunStore {
  readonly path: string;
  /** Makes the folder of a new run. Throws EnvironmentError when it can't. */
  create(kind: string, startedAtMs: number): Promise<RunFolder>;
  /** Ids of all runs, oldest first. */
  list(): Promise<readonly string[]>;
  /** The folder of a run, which may not be there. Throws NegativeError `PRICECTL_E_NO_SUCH_RUN` for what is no id. */
  folderOf(id: string): string;
  /** A file of a run. Throws NegativeError `PRICECTL_E_NO_SUCH_RUN` for an unknown run, EnvironmentError when it can't be read. */
  read(id: string, file: string): Promise<string>;
  /** Removes a run. Throws NegativeError for an unknown one. */
  remove(id: string): Promise<void>;
}

const idPattern = /^\d{4}-\d{2}-\d{2}-\d{6}-[a-z0-9-]+$/;

/** The store in `<stateFolder>/runs`. */
export function createRunStore(stateFolder: string): RunStore {
  const path = join(stateFolder, 'runs');
  return {
    path,
    async create(kind, startedAtMs) {
      await ensurePrivateFolder(path, stateFolder);
      return createRun(path, `${timestamp(startedAtMs)}-${kind}`);
    },
    list: () => listRuns(path),
    folderOf: (id) => join(path, known(id)),
    async read(id, file) {
      const place = join(path, known(id), file);
      try {
        const { size } = await stat(place);
        if (size > constants.MAX_STRING_LENGTH) throw new EnvironmentError('PRICECTL_E_RUN_TOO_LARGE', `${file} of run ${id} is too large to be read: ${size} bytes`);
        return await readFile(place, 'utf8');
      } catch (error) {
        if (systemCode(error) === 'ENOENT') throw noSuchRun(id, error);
        throw asFileError(error, `can't read run ${id}`);
      }
    },
    async remove(id) {
      try {
        await rm(join(path, known(id)), { recursive: true });
      } catch (error) {
        if (systemCode(error) === 'ENOENT') throw noSuchRun(id, error);
        throw asFileError(error, `can't remove run ${id}`);
      }
    },
  };
}

async function createRun(folder: string, base: string): Promise<RunFolder> {
  for (let attempt = 1; ; attempt += 1) {
    const id = attempt === 1 ? base : `${base}-${attempt}`;
    const path = join(folder, id);
    try {
      await mkdir(path, { mode: 0o700 });
      return {
        id,
        path,
        write: (file, content) => writeFileAtomic(join(path, file), content),
        remove: (file) => rm(join(path, file), { force: true }).catch((error: unknown) => Promise.reject(asFileError(error, `can't remove ${join(path, file)}`))),
      };
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw asFileError(error, `can't make the run folder ${path}`);
    }
  }
}

async function listRuns(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => idPattern.test(name)).toSorted();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw asFileError(error, `can't read ${folder}`);
  }
}

function known(id: string): string {
  if (!idPattern.test(id)) throw noSuchRun(id, undefined);
  return id;
}

function noSuchRun(id: string, cause: unknown): NegativeError {
  return new NegativeError('PRICECTL_E_NO_SUCH_RUN', `there is no run ${JSON.stringify(id)}`, { hints: ['pricectl runs list'], cause });
}

function timestamp(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${date}-${time.slice(0, 8).replaceAll(':', '')}`;
}
