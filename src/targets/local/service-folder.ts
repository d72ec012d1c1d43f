import { join } from 'node:path';
import type { ServiceIdentity } from '../target.ts';

/** Where a local service keeps what must outlive a command. */
export interface ServiceFolder {
  readonly path: string;
  readonly stateFile: string;
  /** Log files, one a replica. */
  readonly logs: string;
  readonly supervisorLog: string;
  /** Beside the folder, because it is held while the folder goes. */
  readonly lockFile: string;
}

/** The folder `<stateFolder>/local/<namespace>/<name>`; nothing is made yet. Names are DNS labels, so none leads elsewhere. */
export function serviceFolder(stateFolder: string, { namespace, name }: ServiceIdentity): ServiceFolder {
  const path = join(stateFolder, 'local', namespace, name);
  return {
    path,
    stateFile: join(path, 'state.json'),
    logs: join(path, 'logs'),
    supervisorLog: join(path, 'supervisor.log'),
    lockFile: `${path}.lock`,
  };
}
