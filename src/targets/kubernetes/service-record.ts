import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asFileError, ensurePrivateFolder, readTextIfThere, writeFileAtomic } from '../../tools/files.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import { JsonReader } from '../read-json.ts';
import { readSettings } from '../settings-json.ts';
import type { ServiceIdentity, ServiceSettings } from '../target.ts';

/** What this machine remembers of a service on a cluster: that `up` was called for it, and with what. */
export interface ServiceRecord {
  /** Where this and all else is kept that outlives a command. */
  readonly stateFolder: string;
  /** The lock file, for `acquireLock`. */
  readonly lockFile: string;
  /** The settings of the last `up` from here; undefined when there was none, or what is left of it can't be read. */
  read(): Promise<ServiceSettings | undefined>;
  write(settings: ServiceSettings): Promise<void>;
  /** False when there was nothing to remove. */
  remove(): Promise<boolean>;
}

/** The record in `<stateFolder>/<target>/<context>/<namespace>/<name>`. Methods throw EnvironmentError. */
export function createServiceRecord(stateFolder: string, identity: ServiceIdentity): ServiceRecord {
  const path = recordPath(stateFolder, identity);
  return {
    stateFolder,
    lockFile: `${dirname(path)}.lock`,
    async read() {
      const text = await readTextIfThere(path);
      return text === undefined ? undefined : parseSettings(text);
    },
    async write(settings) {
      await ensurePrivateFolder(dirname(path), stateFolder);
      await writeFileAtomic(path, `${JSON.stringify({ settings }, undefined, 2)}\n`);
    },
    async remove() {
      const wasThere = (await readTextIfThere(path)) !== undefined;
      await rm(dirname(path), { recursive: true, force: true }).catch((error: unknown) => {
        throw asFileError(error, `can't remove ${dirname(path)}`);
      });
      return wasThere;
    },
  };
}

/** Most bytes of a file's name that every system takes. */
const longestName = 255;

/**
 * The file of a service's record. A context may be any text (`arn:aws:eks:...:cluster/prices`), so it is escaped, and told by its hash when it is too
 * long; namespaces and names are DNS labels.
 */
export function recordPath(stateFolder: string, { target, context, namespace, name }: ServiceIdentity): string {
  const escaped = encodeURIComponent(context ?? '').replaceAll('.', '%2E');
  const folder = escaped.length > longestName ? `sha256-${createHash('sha256').update(escaped).digest('hex')}` : escaped;
  return join(stateFolder, target, folder, namespace, name, 'service.json');
}

/** The settings in a record or an annotation; undefined when it holds something else. */
export function parseSettings(text: string): ServiceSettings | undefined {
  const value = parseJson(text);
  try {
    return isRecord(value) ? readSettings(new JsonReader(value['settings'] ?? value, 'settings')) : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
