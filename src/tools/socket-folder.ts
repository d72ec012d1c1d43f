import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from './errors.ts';
import { asFileError } from './files.ts';

/** Bytes of a socket's path: `sun_path` has 104 on macOS and 108 on Linux, with a closing zero. */
const longestPath = 104 - 1;

/**
 * The temporary folder, or `/tmp` when the path of a socket would be too long there. `prefix` is how the name of the socket's folder begins, `longestName`
 * the bytes of the socket's own. Throws EnvironmentError `PRICECTL_E_SOCKET_PATH` when both are too long.
 */
export function findSocketBase(prefix: string, longestName: number, temporary: string = tmpdir()): string {
  const base = [temporary, '/tmp'].find((path) => Buffer.byteLength(join(path, `${prefix}123456`, 'x'.repeat(longestName))) <= longestPath);
  if (base !== undefined) return base;
  throw new EnvironmentError('PRICECTL_E_SOCKET_PATH', `the path of the temporary folder ${temporary} is too long for a socket`, { hints: ['set TMPDIR to a shorter path'] });
}

/** Makes a new folder of mode 0700. Throws EnvironmentError. */
export async function makeSocketFolder(base: string, prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(base, prefix));
  } catch (error) {
    throw asFileError(error, `can't make a folder in ${base}`, ['set TMPDIR to a folder that can be written to']);
  }
}
