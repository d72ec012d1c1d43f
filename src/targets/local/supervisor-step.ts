import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { EnvironmentError, PricectlError } from '../../tools/errors.ts';
import { ensurePrivateFolder } from '../../tools/files.ts';
import { isPortFree } from '../../tools/free-port.ts';
import { type ProcessIdentity, signalProcess } from '../../tools/process-identity.ts';
import type { ServiceSettings, Step, StepContext, StepReport } from '../target.ts';
import type { ControlClient } from './control-client.ts';
import type { Report, Wish } from './control-protocol.ts';
import { awaitEnd } from './end-processes.ts';
import { findSupervisor, type FoundSupervisor, type LocalService } from './local-service.ts';
import { findPortOwner } from './port-owner.ts';
import { terminationGraceMs } from './replica-process.ts';
import { urlOfPort } from './snapshot.ts';
import { makeSocketsFolder, removeSocketsFolders } from './sockets-folder.ts';
import { spawnSupervisor } from './spawn-supervisor.ts';
import { type LocalState, readState, writeState } from './state.ts';

/** A supervisor that doesn't answer gets little time to end in order; one that is ending first gives its replicas theirs. */
const silentGraceMs = 5_000;
const endingGraceMs = terminationGraceMs + 5_000;

/** The step of `up` that starts the supervisor, or tells a running one the new settings. Port 0 takes a free port, or the one that it has. */
export function supervisorStep(service: LocalService, settings: ServiceSettings): Step {
  return {
    title: 'supervisor',
    async run(context) {
      try {
        return await bringUpSupervisor(service, settings, context);
      } catch (error) {
        throw error instanceof EnvironmentError && error.code === 'PRICECTL_E_PORT_TAKEN' ? await portTaken(settings.port, error) : error;
      }
    },
  };
}

async function bringUpSupervisor(service: LocalService, settings: ServiceSettings, context: StepContext): Promise<StepReport> {
  const found = await findSupervisor(service, context.signal);
  const report = found.kind === 'running' ? await askReport(found.control, context.signal) : undefined;
  if (found.kind === 'running') {
    if (report?.isEnding === false) return applyWish(service, settings, { report, control: found.control, context });
    await awaitSupervisorEnd(service, found.state.supervisor, report !== undefined, context);
  }
  context.progress('starting');
  const state = await startSupervisor(service, settings, found, context.signal);
  return { outcome: 'done', detail: `${describe(state.settings.port, state.supervisor.pid)}${remarks[found.kind]}` };
}

/** What people should know of the supervisor that was there before. */
const remarks: Readonly<Record<FoundSupervisor['kind'], string>> = {
  absent: '',
  unreadable: '; the state file was damaged and is made anew',
  gone: '; the one before was gone',
  running: '; the one before is ended',
};

/**
 * The step that says what `supervisorStep` would do, and changes nothing. Throws EnvironmentError `PRICECTL_E_PORT_TAKEN` for a port that somebody
 * else has.
 */
export function planSupervisorStep(service: LocalService, settings: ServiceSettings): Step {
  return {
    title: 'supervisor',
    async run({ signal }) {
      const found = await findSupervisor(service, signal);
      const report = found.kind === 'running' ? await askReport(found.control, signal) : undefined;
      if (report?.isEnding !== false) {
        if (settings.port !== 0 && found.kind !== 'running' && !(await isPortFree(settings.port))) throw await portTaken(settings.port);
        return { outcome: 'skipped', detail: `would be started on ${urlOfPort(settings.port)}${remarks[found.kind]}` };
      }
      const wish = wishFor(service, settings, report);
      if (isDeepStrictEqual(wish, report.wish)) return { outcome: 'unchanged', detail: describe(wish.settings.port, report.pid) };
      return { outcome: 'skipped', detail: `${describe(wish.settings.port, report.pid)}, would get new settings` };
    },
  };
}

/** Undefined when it doesn't answer. Throws EnvironmentError for a supervisor of another version, the signal's reason on abort. */
async function askReport(control: ControlClient, signal: AbortSignal): Promise<Report | undefined> {
  try {
    return await control.report(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PricectlError) || error.code === 'PRICECTL_E_SUPERVISOR_VERSION') throw error;
    return undefined;
  }
}

/** A supervisor that answers, and what it said. */
interface Answering {
  readonly report: Report;
  readonly control: ControlClient;
  readonly context: StepContext;
}

function wishFor({ serverEntry }: LocalService, settings: ServiceSettings, report: Report): Wish {
  return { settings: { ...settings, port: settings.port || report.wish.settings.port }, serverEntry };
}

async function applyWish(service: LocalService, settings: ServiceSettings, { report, control, context }: Answering): Promise<StepReport> {
  const wish = wishFor(service, settings, report);
  const detail = describe(wish.settings.port, report.pid);
  if (isDeepStrictEqual(wish, report.wish)) return { outcome: 'unchanged', detail };
  await control.apply(wish, context.signal);
  return { outcome: 'done', detail: `${detail}, new settings` };
}

async function awaitSupervisorEnd({ clock }: LocalService, supervisor: ProcessIdentity, isEnding: boolean, context: StepContext): Promise<void> {
  context.progress(isEnding ? 'the one before is ending' : "ending the one that doesn't answer");
  if (!isEnding) await signalProcess(supervisor, 'SIGTERM');
  const graceMs = isEnding ? endingGraceMs : silentGraceMs;
  await awaitEnd([supervisor], { clock, signal: context.signal, graceMs, onWait: () => {} });
}

/** Starts a supervisor in place of what was found; when that fails, everything is as before. */
async function startSupervisor(service: LocalService, settings: ServiceSettings, found: FoundSupervisor, signal: AbortSignal): Promise<LocalState> {
  const { folder, serverEntry, stateFolder } = service;
  const before = 'state' in found ? found.state : undefined;
  await removeSocketsFolders(folder.path, before?.socketsFolder);
  await ensurePrivateFolder(folder.path, stateFolder);
  const socketsFolder = await makeSocketsFolder(folder.path);
  try {
    const desired = before?.desired ?? settings.min;
    const replicas = before?.replicas ?? [];
    const record = (supervisor: ProcessIdentity) =>
      writeState(folder.stateFile, { settings, serverEntry, desired, replicas, socketsFolder, supervisor, isStopped: false });
    await spawnSupervisor(service, record, signal);
  } catch (error) {
    await removeSocketsFolders(folder.path);
    if (before === undefined) await rm(folder.path, { recursive: true, force: true });
    else await writeState(folder.stateFile, before);
    throw error;
  }
  const stored = await readState(folder.stateFile);
  if (stored.kind !== 'present') throw new EnvironmentError('PRICECTL_E_STATE', `the state file was removed meanwhile: ${folder.stateFile}`);
  return stored.state;
}

function describe(port: number, pid: number): string {
  return `${urlOfPort(port)}, pid ${pid}`;
}

async function portTaken(port: number, cause?: EnvironmentError): Promise<EnvironmentError> {
  const owner = await findPortOwner(port);
  const message = `port ${port} is taken${owner === undefined ? '' : ` by ${owner}`}`;
  return new EnvironmentError('PRICECTL_E_PORT_TAKEN', message, { hints: ['pricectl up --port with another number'], cause });
}
