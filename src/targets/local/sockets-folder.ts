import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCode } from '../../tools/errors.ts';
import { asFileError, isPrivateFolder } from '../../tools/files.ts';
import { findSocketBase, makeSocketFolder } from '../../tools/socket-folder.ts';

/** Bytes of the longest name of a socket: `r` and ten digits. */
const longestName = 11;

/** How the names of a service's sockets folders begin. A folder is known by its name from the moment that it is there, and also when the state is lost. */
function prefixOf(serviceFolder: string): string {
  return `pricectl-${createHash('sha256').update(serviceFolder).digest('hex').slice(0, 12)}-`;
}

/** Makes a private folder for the sockets of the service in `serviceFolder`. Throws EnvironmentError. */
export async function makeSocketsFolder(serviceFolder: string, temporary?: string): Promise<string> {
  const prefix = prefixOf(serviceFolder);
  return makeSocketFolder(findSocketBase(prefix, longestName, temporary), prefix);
}

/** Socket on which the supervisor takes orders. */
export function controlSocket(socketsFolder: string): string {
  return join(socketsFolder, 'control');
}

/** Socket for the supervisor's own questions to the n-th replica process. */
export function replicaSocket(socketsFolder: string, sequence: number): string {
  return join(socketsFolder, `r${sequence}`);
}

/**
 * Every sockets folder of the service in `serviceFolder`, also one that no state names. They are looked for where they are made and in the
 * folder of the one that the state names. In a folder for temporary files anybody makes names: only what is this user's alone counts.
 */
export async function findSocketsFolders(serviceFolder: string, recorded?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const base of new Set([tmpdir(), '/tmp', ...(recorded === undefined ? [] : [dirname(recorded)])])) {
    for (const name of await listIfThere(base)) {
      const folder = join(base, name);
      if (name.startsWith(prefixOf(serviceFolder)) && (await isPrivateFolder(folder))) found.push(folder);
    }
  }
  return found;
}

/** Removes every sockets folder of a service; see `findSocketsFolders`. True when there was one. */
export async function removeSocketsFolders(serviceFolder: string, recorded?: string): Promise<boolean> {
  const found = await findSocketsFolders(serviceFolder, recorded);
  for (const folder of found) await rm(folder, { recursive: true, force: true });
  return found.length > 0;
}

async function listIfThere(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw asFileError(error, `can't read ${folder}`);
  }
}
