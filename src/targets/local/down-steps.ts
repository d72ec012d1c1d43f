import { rm } from 'node:fs/promises';
import { PricectlError, UsageError } from '../../tools/errors.ts';
import { asFileError, isThere } from '../../tools/files.ts';
import { isRunning, signalProcess } from '../../tools/process-identity.ts';
import type { DownOptions, Step, StepContext, StepReport } from '../target.ts';
import { awaitEnd } from './end-processes.ts';
import { orphanGraceMs } from './leftovers.ts';
import { findSupervisor, type FoundSupervisor, type LocalService } from './local-service.ts';
import { terminationGraceMs } from './replica-process.ts';
import { removeSocketsFolders } from './sockets-folder.ts';
import { readState } from './state.ts';

/** A supervisor gives its replicas their time first. */
const supervisorGraceMs = terminationGraceMs + 5_000;

/** The steps of `down`: end the supervisor in order, see that no process of ours is left, remove what is on the disk. Throws UsageError for a cluster. */
export function downSteps(service: LocalService, { cluster }: DownOptions): readonly Step[] {
  if (cluster) throw new UsageError('PRICECTL_E_USAGE', 'a local service has no cluster: --cluster is for the minikube target');
  return [
    { title: 'supervisor', run: (context) => endSupervisor(service, context) },
    { title: 'replicas', run: (context) => endReplicas(service, context) },
    { title: 'state', run: () => removeState(service) },
  ];
}

async function endSupervisor(service: LocalService, context: StepContext): Promise<StepReport> {
  const { signal } = context;
  const found = await findSupervisor(service, signal);
  if (found.kind !== 'running') return { outcome: 'skipped', detail: 'there is none' };
  const { supervisor } = found.state;
  try {
    await found.control.stop(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PricectlError)) throw error;
    await signalProcess(supervisor, 'SIGTERM');
  }
  context.progress('the replicas finish what they have');
  await awaitEnd([supervisor], { clock: service.clock, signal, graceMs: supervisorGraceMs, onWait: () => {} });
  return { outcome: 'done', detail: `pid ${supervisor.pid} has ended` };
}

/** Replicas without supervisor end by themselves; here they are waited for, and killed when they don't. */
async function endReplicas(service: LocalService, context: StepContext): Promise<StepReport> {
  const { signal } = context;
  const recorded = replicasOf(await findSupervisor(service, signal));
  const running = (await Promise.all(recorded.map(isRunning))).filter(Boolean).length;
  if (running === 0) return { outcome: 'skipped', detail: 'none is left' };
  const onWait = (count: number) => context.progress(`${count} still run`);
  await awaitEnd(recorded, { clock: service.clock, signal, graceMs: orphanGraceMs, onWait });
  return { outcome: 'done', detail: `${running} have ended` };
}

function replicasOf(found: FoundSupervisor) {
  return 'state' in found ? found.state.replicas : [];
}

async function removeState({ folder }: LocalService): Promise<StepReport> {
  const stored = await readState(folder.stateFile);
  // They may have been made with another TMPDIR.
  const hadSockets = await removeSocketsFolders(folder.path, stored.kind === 'present' ? stored.state.socketsFolder : undefined);
  const hadFolder = await isThere(folder.path);
  try {
    await rm(folder.path, { recursive: true, force: true });
  } catch (error) {
    throw asFileError(error, `can't remove ${folder.path}`);
  }
  return hadSockets || hadFolder ? { outcome: 'done', detail: 'state, sockets and logs are removed' } : { outcome: 'skipped', detail: 'there is none' };
}
