import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { LocalTest } from '../../src/targets/local/local-target.fixture.ts';
import { makeSocketsFolder } from '../../src/targets/local/sockets-folder.ts';
import { writeState } from '../../src/targets/local/state.ts';
import type { ServiceSettings } from '../../src/targets/target.ts';
import { identifyProcess } from '../../src/tools/process-identity.ts';

const supervisorMain = fileURLToPath(new URL('../../src/targets/local/supervisor-main.ts', import.meta.url));
const serverEntry = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url));

/** The option that makes Node run a module before its own. */
export function optionFor(module: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}

/**
 * Brings a service up as `up` does, but for the environment: its supervisor and replicas are real ones that run a module before their own. `up` hands
 * no option of Node on.
 */
export async function upWithModule(one: LocalTest, changes: Partial<ServiceSettings>, module: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { namespace, name } = one.target.identity;
  const child = fork(supervisorMain, [one.stateFolder, namespace, name], {
    cwd: '/',
    detached: true,
    execArgv: [],
    env: { PATH: process.env['PATH'], NODE_OPTIONS: optionFor(module), ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const supervisor = await identifyProcess(child.pid ?? 0);
  if (supervisor === undefined) throw new Error('the supervisor has ended');
  const settings = one.settings(changes);
  await mkdir(one.folder.path, { recursive: true, mode: 0o700 });
  const socketsFolder = await makeSocketsFolder(one.folder.path);
  await writeState(one.folder.stateFile, { settings, serverEntry, desired: settings.min, replicas: [], socketsFolder, supervisor, isStopped: false });
  child.send({ type: 'start' });
  await once(child, 'message');
  child.disconnect();
  child.unref();
  await one.up(changes);
}
