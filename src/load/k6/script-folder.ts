import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asFileError } from '../../tools/files.ts';
import type { K6Script } from './script.ts';

/** A script on disk, for its owner alone; gone on disposal. */
export interface ScriptFolder extends AsyncDisposable {
  readonly path: string;
}

/** Writes a script's files into a new folder. Throws EnvironmentError. */
export async function writeScript({ files }: K6Script): Promise<ScriptFolder> {
  let path: string | undefined;
  try {
    path = await mkdtemp(join(tmpdir(), 'pricectl-k6-'));
    for (const [name, content] of files) await writeFile(join(path, name), content, { mode: 0o600 });
  } catch (error) {
    if (path !== undefined) await remove(path);
    throw asFileError(error, "can't write the k6 script");
  }
  const folder = path;
  return { path: folder, [Symbol.asyncDispose]: () => remove(folder) };
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
