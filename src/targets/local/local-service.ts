import type { Clock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import type { Environment } from '../../tools/files.ts';
import type { HttpClient } from '../../tools/http.ts';
import { isRunning } from '../../tools/process-identity.ts';
import type { ServiceIdentity } from '../target.ts';
import { ControlClient } from './control-client.ts';
import type { ServiceFolder } from './service-folder.ts';
import { controlSocket, findSocketsFolders } from './sockets-folder.ts';
import { type LocalState, readState, type StoredState } from './state.ts';

/** A local service and what its steps work with. */
export interface LocalService {
  readonly identity: ServiceIdentity;
  /** The folder of all state, from which `folder` follows. */
  readonly stateFolder: string;
  readonly folder: ServiceFolder;
  /** Main module of the server that new replicas run. */
  readonly serverEntry: string;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** The command's environment. */
  readonly env: Environment;
}

/** What the state file leads to. A supervisor that is `running` need not answer. */
export type FoundSupervisor =
  | Exclude<StoredState, { readonly kind: 'present' }>
  | { readonly kind: 'gone'; readonly state: LocalState }
  | { readonly kind: 'running'; readonly state: LocalState; readonly control: ControlClient };

/** A running supervisor looks at its state file every second, and mends it. */
const mendingMs = 2_500;

/** Looks for the service's supervisor. Throws what `readState` throws. */
export async function findSupervisor(service: LocalService, signal: AbortSignal): Promise<FoundSupervisor> {
  const stored = await readMendedState(service, signal);
  if (stored.kind !== 'present') return stored;
  const { state } = stored;
  if (!(await isRunning(state.supervisor))) return { kind: 'gone', state };
  return { kind: 'running', state, control: new ControlClient(service.http, controlSocket(state.socketsFolder)) };
}

/** Gives a supervisor, if there is one, time to mend a damaged file: without the file it could not be found. */
async function readMendedState(service: LocalService, signal: AbortSignal): Promise<StoredState> {
  const { folder, clock } = service;
  const stored = await readState(folder.stateFile);
  if (stored.kind !== 'unreadable' || !(await hasSupervisor(service, signal))) return stored;
  for (const deadlineMs = clock.monotonicMs() + mendingMs; ; ) {
    const mended = await readState(folder.stateFile);
    if (mended.kind !== 'unreadable' || clock.monotonicMs() >= deadlineMs) return mended;
    await clock.sleep(100, signal);
  }
}

/** Whether anybody answers on a control socket of this service. */
async function hasSupervisor({ folder, http }: LocalService, signal: AbortSignal): Promise<boolean> {
  for (const socketsFolder of await findSocketsFolders(folder.path)) {
    try {
      await new ControlClient(http, controlSocket(socketsFolder)).report(signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PricectlError)) throw error;
    }
  }
  return false;
}
