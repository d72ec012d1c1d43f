import type { Clock } from '../../tools/clock.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import type { Environment } from '../../tools/files.ts';
import { createHttpClient } from '../../tools/http.ts';
import { acquireLock } from '../../tools/lock.ts';
import type { ServiceIdentity, ServiceSettings, Target } from '../target.ts';
import { connect, openShell, pushSteps } from './access.ts';
import { downSteps } from './down-steps.ts';
import { findSupervisor, type LocalService } from './local-service.ts';
import { readLogs } from './logs.ts';
import { serviceFolder } from './service-folder.ts';
import { takeSnapshot } from './snapshot.ts';
import { planSteps, upSteps } from './up-steps.ts';

/** What a local target is made of. */
export interface LocalTargetOptions {
  /** Its namespace and name are DNS labels. */
  readonly identity: ServiceIdentity;
  /** Folder that keeps what must outlive a command. */
  readonly stateFolder: string;
  /** Main module of the price server. */
  readonly serverEntry: string;
  readonly clock: Clock;
  /** The command's environment; supervisor and replicas get what they need of it. */
  readonly env: Environment;
}

/** Replicas as processes of this machine behind one loopback port, kept by a supervisor process that outlives the command. */
export function createLocalTarget(options: LocalTargetOptions): Target {
  const { identity, stateFolder, clock } = options;
  const folder = serviceFolder(stateFolder, identity);
  const service: LocalService = { ...options, folder, http: createHttpClient() };
  return {
    identity,
    runningSettings: (signal) => readRunningSettings(service, signal),
    upSteps: (settings) => upSteps(service, settings),
    planSteps(settings) {
      refuseWindows(process.platform);
      return planSteps(service, settings);
    },
    downSteps: (downOptions) => downSteps(service, downOptions),
    pushSteps: (prices, signal) => pushSteps(service, prices, signal),
    connect: (signal) => connect(service, signal),
    shell: (_image, signal) => openShell(service, signal),
    snapshot: (signal) => takeSnapshot(service, signal),
    logs: (logOptions) => readLogs(folder.logs, clock, logOptions),
    async lock(command) {
      refuseWindows(process.platform);
      return acquireLock({ path: folder.lockFile, top: stateFolder, command, clock });
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A service whose supervisor is gone still has its settings: `up` mends it with them. */
async function readRunningSettings(service: LocalService, signal: AbortSignal): Promise<ServiceSettings | undefined> {
  const found = await findSupervisor(service, signal);
  return 'state' in found ? found.state.settings : undefined;
}

/** Throws EnvironmentError `PRICECTL_E_WINDOWS` on Windows, which has neither our signals nor our sockets. */
export function refuseWindows(platform: NodeJS.Platform): void {
  if (platform !== 'win32') return;
  throw new EnvironmentError('PRICECTL_E_WINDOWS', 'the local target needs Linux or macOS: on Windows use WSL 2');
}
