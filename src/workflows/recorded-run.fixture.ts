import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createRunStore, type RunStore } from '../load/run-store.ts';

/** A store for recorded runs that goes away with its disposal. */
export interface TemporaryRuns extends AsyncDisposable {
  readonly store: RunStore;
  /** Writes a run from its files by their names. */
  write(id: string, files: Readonly<Record<string, string>>): Promise<void>;
}

/** Makes an empty store in a temporary folder. */
export async function createTemporaryRuns(): Promise<TemporaryRuns> {
  const state = await mkdtemp(join(tmpdir(), 'pricectl-test-runs-'));
  const store = createRunStore(state);
  return {
    store,
    async write(id, files) {
      const folder = join(store.path, id);
      await mkdir(folder, { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    },
    async [Symbol.asyncDispose]() {
      await rm(state, { recursive: true });
    },
  };
}

/** The files of a real run on local (test/fixtures/runs/README.md). */
export async function readRecordedRun(): Promise<Readonly<Record<string, string>>> {
  const path = join(import.meta.dirname, '../../test/fixtures/runs/local-quick.json.gz');
  const files: Record<string, string> = JSON.parse(gunzipSync(await readFile(path)).toString());
  return files;
}
