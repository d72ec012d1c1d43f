import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentError, systemCode } from '../../tools/errors.ts';
import { asFileError, readTextIfThere, stateFolderHints, writeFileAtomic } from '../../tools/files.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import type { ProcessIdentity } from '../../tools/process-identity.ts';
import type { ServiceSettings } from '../target.ts';
import { JsonReader } from '../read-json.ts';
import { readSettings } from '../settings-json.ts';

const version = 1;

/** All that must be known of a local service beside the service itself, to find it again, mend it and take it down. */
export interface LocalState {
  readonly settings: ServiceSettings;
  /** Main module of the server that the replicas run. */
  readonly serverEntry: string;
  /** Replicas that the autoscaler last wanted. */
  readonly desired: number;
  /** Folder of the unix sockets, outside of the state folder because a socket's path may have no more than about 100 bytes. */
  readonly socketsFolder: string;
  readonly supervisor: ProcessIdentity;
  /** Replicas that run, also those that an earlier supervisor left. */
  readonly replicas: readonly ProcessIdentity[];
  /** True when the supervisor ended in order: on a signal or on demand. */
  readonly isStopped: boolean;
}

/** What the state file says; `unreadable` is a file that no version of us wrote whole. */
export type StoredState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'present'; readonly state: LocalState };

/** Reads a state file. Throws EnvironmentError when it is another user's (`PRICECTL_E_FOREIGN_STATE`) or a newer version's (`PRICECTL_E_NEWER_STATE`). */
export async function readState(path: string): Promise<StoredState> {
  if (!(await isOurFile(path))) return { kind: 'absent' };
  const text = await readTextIfThere(path);
  if (text === undefined) return { kind: 'absent' };
  const value = parseJson(text);
  if (isRecord(value) && typeof value['version'] === 'number' && value['version'] > version) {
    const hints = ['use the newer pricectl', wayOut(path)];
    throw new EnvironmentError('PRICECTL_E_NEWER_STATE', `${path} was written by a newer version of pricectl`, { hints });
  }
  try {
    return { kind: 'present', state: toState(new JsonReader(value, 'state')) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'unreadable', reason: `${path}: ${error.message}` };
  }
}

/** Writes a state file, whole or not at all. Throws EnvironmentError. */
export async function writeState(path: string, state: LocalState): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ version, ...state }, undefined, 2)}\n`);
}

/** Whether there is a file to read. Throws EnvironmentError for another user's, and for what is no file. */
async function isOurFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (process.getuid !== undefined && found.uid !== process.getuid()) {
      throw new EnvironmentError('PRICECTL_E_FOREIGN_STATE', `${path} belongs to another user`, { hints: ['run pricectl as that user', wayOut(path)] });
    }
    if (!found.isFile()) throw new EnvironmentError('PRICECTL_E_STATE', `${path} is not a file`, { hints: [wayOut(path)] });
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw asFileError(error, `can't read ${path}`, stateFolderHints);
  }
}

/** A supervisor looks after its folder. */
function wayOut(path: string): string {
  return `remove ${dirname(path)}: a service whose folder is gone ends by itself`;
}

function toState(json: JsonReader): LocalState {
  json.field('version').number(version);
  return {
    settings: readSettings(json.field('settings')),
    serverEntry: json.field('serverEntry').text(),
    desired: json.field('desired').number(1),
    socketsFolder: json.field('socketsFolder').text(),
    supervisor: toProcess(json.field('supervisor')),
    replicas: json.field('replicas').items().map(toProcess),
    isStopped: json.field('isStopped').flag(),
  };
}

function toProcess(json: JsonReader): ProcessIdentity {
  return { pid: json.field('pid').number(1), startedAt: json.field('startedAt').text() };
}
