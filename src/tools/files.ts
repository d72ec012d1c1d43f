import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { EnvironmentError, systemCode } from './errors.ts';
import { shellQuote } from './shell-quote.ts';

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What to do when our own files can't be where they are. */
export const stateFolderHints: readonly string[] = ['set XDG_STATE_HOME to a folder of yours that can be written to'];

/**
 * The folder that keeps what must outlive a command: `$XDG_STATE_HOME/pricectl`, by default `~/.local/state/pricectl`.
 * A relative XDG_STATE_HOME is ignored, as the XDG Base Directory Specification 0.8 asks, and a relative HOME likewise: the folder would be another one in
 * each working directory. Then it is the user's home of the system's own records. Throws EnvironmentError `PRICECTL_E_HOME` when these know none.
 */
export function stateFolder(env: Environment, recordedHome = () => userInfo().homedir): string {
  const configured = env['XDG_STATE_HOME'];
  if (configured && isAbsolute(configured)) return join(configured, 'pricectl');
  const home = env['HOME'];
  return join(home && isAbsolute(home) ? home : findHome(recordedHome), '.local', 'state', 'pricectl');
}

function findHome(recordedHome: () => string): string {
  try {
    const home = recordedHome();
    if (isAbsolute(home)) return home;
  } catch (error) {
    // A user id without a record is usual in containers.
    if (systemCode(error) !== 'ERR_SYSTEM_ERROR') throw error;
  }
  throw new EnvironmentError('PRICECTL_E_HOME', 'this user has no home folder to keep things in', { hints: ['set HOME to the absolute path of one'] });
}

/**
 * Makes a folder (with its parents) that only its owner can use, and sees that it is one, with each of its parents from `top` down: who may write
 * in one of them can put another in its place. A folder that others can only read is taken from them. Throws EnvironmentError when one can't be
 * made, belongs to another user (`PRICECTL_E_FOREIGN_FOLDER`) or can be written by others (`PRICECTL_E_SHARED_FOLDER`).
 */
export async function ensurePrivateFolder(path: string, top: string = path): Promise<void> {
  try {
    await makeFolder(path);
    const below = relative(top, path).split(sep).filter((name) => name !== '');
    for (let depth = 0; depth <= below.length; depth += 1) await makePrivate(join(top, ...below.slice(0, depth)));
  } catch (error) {
    throw asFileError(error, `can't use the folder ${path}`, stateFolderHints);
  }
}

/** Node's own `recursive` gives ENOENT for every reason why a parent can't be made: a read-only disk among them. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
}

async function makePrivate(path: string): Promise<void> {
  const own = process.getuid?.();
  if (own === undefined) return;
  // A folder of ours behind a link of somebody else is where that one wants it.
  const [link, { uid, mode }] = [await lstat(path), await stat(path)];
  if (uid !== own || ![own, 0].includes(link.uid)) throw new EnvironmentError('PRICECTL_E_FOREIGN_FOLDER', `${path} belongs to another user`, { hints: stateFolderHints });
  if ((mode & 0o022) !== 0) {
    const hints = [`look what is in it, then chmod 700 ${shellQuote(path)}`, ...stateFolderHints];
    throw new EnvironmentError('PRICECTL_E_SHARED_FOLDER', `other users can write into ${path}`, { hints });
  }
  if ((mode & 0o077) !== 0) await closeToOthers(path);
}

/** On disks that have no modes of their own, as those of Windows, the mount decides who may read. */
async function closeToOthers(path: string): Promise<void> {
  try {
    await chmod(path, 0o700);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(systemCode(error) ?? '')) throw error;
  }
}

/** Whether anything is at a path. Throws EnvironmentError when that can't be told. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    throw asFileError(error, `can't read ${path}`);
  }
}

/** Whether a path is a folder, not a link to one, that this user alone can use. False when there is none; throws EnvironmentError when that can't be told. */
export async function isPrivateFolder(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isDirectory() && (process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error) ?? '')) return false;
    throw asFileError(error, `can't read ${path}`);
  }
}

/** Writes a file so that a reader sees the old or the new content, never a part. Throws EnvironmentError. */
export async function writeFileAtomic(path: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asFileError(error, `can't write ${path}`);
  }
}

/** The text of a file, or undefined when there is none. Throws EnvironmentError for any other failure. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw asFileError(error, `can't read ${path}`);
  }
}

/** Turns the failure of a system call into words; anything else passes unchanged. */
export function asFileError(error: unknown, what: string, hints: readonly string[] = []): unknown {
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined || code.startsWith('PRICECTL_')) return error;
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EEXIST: 'a file of that name is there',
    EISDIR: 'it is a directory',
    ENOENT: 'no such file or directory',
    ENOSPC: 'no space left on the disk',
    ENOTDIR: 'a part of the path is not a directory',
    EROFS: 'the file system is read-only',
  };
  return new EnvironmentError(`PRICECTL_E_FILE_${code}`, `${what}: ${reasons[code] ?? error.message}`, { hints, cause: error });
}
