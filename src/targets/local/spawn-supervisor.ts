import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { EnvironmentError, TimeoutError, ToolError } from '../../tools/errors.ts';
import { asFileError, type Environment } from '../../tools/files.ts';
import { identifyProcess, type ProcessIdentity } from '../../tools/process-identity.ts';
import type { LocalService } from './local-service.ts';
import { asSupervisorMessage, type FromSupervisor } from './supervisor-protocol.ts';

/** Far more than a start takes. */
const startTimeoutMs = 30_000;

/**
 * Spawns the supervisor of a service in a session of its own, with its output in a file, and lets it go when it has started. `record` is to
 * write down which process it is, before anything runs: a supervisor that nobody could find ends by itself.
 *
 * The main module has the extension of this one, so that it runs from the sources as from dist. Throws EnvironmentError with the
 * supervisor's own code when it can't have its port or files, ToolError when it ends without a word, TimeoutError, what `record` throws,
 * and the signal's reason on abort; the process is ended then.
 */
export async function spawnSupervisor(service: LocalService, record: (identity: ProcessIdentity) => Promise<void>, signal: AbortSignal): Promise<void> {
  const { supervisorLog } = service.folder;
  const child = await spawnWaiting(service);
  try {
    const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
    if (identity === undefined) throw await endedEarly(supervisorLog);
    await record(identity);
    const said = firstWord(child, AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]));
    child.send({ type: 'start' }, () => {});
    const message = await said;
    if (message === undefined) throw await endedEarly(supervisorLog);
    if (message.type === 'failed') throw new EnvironmentError(message.code, message.message);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** A supervisor process that does nothing but wait for its start, and ends with this process until then. */
async function spawnWaiting({ folder, stateFolder, identity, env }: LocalService): Promise<ChildProcess> {
  const main = join(import.meta.dirname, `supervisor-main${extname(import.meta.filename)}`);
  const log = await openLog(folder.supervisorLog);
  try {
    const child = spawn(process.execPath, [main, stateFolder, identity.namespace, identity.name], {
      cwd: '/',
      detached: true,
      env: { ...supervisorEnvironment(env) },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    throw asFileError(error, "can't start the supervisor");
  } finally {
    await log.close();
  }
}

async function openLog(path: string) {
  try {
    return await open(path, 'a', 0o600);
  } catch (error) {
    throw asFileError(error, `can't write ${path}`);
  }
}

/** The first message of a child; undefined when it ends without one. Throws TimeoutError when the signal is a time-out, else its reason. */
async function firstWord(child: ChildProcess, signal: AbortSignal): Promise<FromSupervisor | undefined> {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  try {
    for (;;) {
      const [value] = await once(child, 'message', { signal: AbortSignal.any([signal, ended.signal]) });
      const message = asSupervisorMessage(value);
      if (message !== undefined) return message;
    }
  } catch (error) {
    if (ended.signal.aborted && !signal.aborted) return undefined;
    if (signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError') {
      throw new TimeoutError('PRICECTL_E_SUPERVISOR_START', `the supervisor didn't start within ${startTimeoutMs / 1000} s`, { cause: error });
    }
    signal.throwIfAborted();
    throw error;
  }
}

async function endedEarly(logPath: string): Promise<ToolError> {
  const lines = (await readFile(logPath, 'utf8')).trimEnd().split('\n');
  return new ToolError('PRICECTL_E_SUPERVISOR_START', ['the supervisor ended at its start; its last lines:', ...lines.slice(-10)].join('\n  '));
}

/** What supervisor and replicas may need: the server's own settings, places, languages, proxies and certificates; nothing that tunes Node. */
function supervisorEnvironment(env: Environment): Environment {
  const names = /^(?:PRICECTL_\w+|PATH|HOME|USER|TMPDIR|TZ|LANG|LC_\w+|\w*_PROXY|\w*_proxy|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|NODE_USE_\w+)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)));
}
