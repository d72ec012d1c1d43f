import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './files.ts';

/** Absolute path of a program, looked up on the PATH of `env` as the system does; undefined when there is none that may be run. */
export async function findExecutable(file: string, env: Environment, cwd = '.'): Promise<string | undefined> {
  const candidates = file.includes('/') ? [resolve(cwd, file)] : (env['PATH'] ?? '').split(':').filter(isAbsolute).map((folder) => join(folder, file));
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  return undefined;
}

/** Whether there is such a folder. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
