import { once } from 'node:events';
import { systemClock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import { serviceFolder } from './service-folder.ts';
import { readState } from './state.ts';
import { Supervisor } from './supervisor.ts';
import { type FromSupervisor, isStart } from './supervisor-protocol.ts';

function abandon(): void {
  process.exit(0);
}

/** Resolves when the command says so; ends the process when the command dies before. */
async function waitForStart(): Promise<void> {
  process.once('disconnect', abandon);
  let message: unknown;
  while (!isStart(message)) [message] = await once(process, 'message');
  process.off('disconnect', abandon);
}

/** Tells the command, which may be gone meanwhile. */
async function tell(message: FromSupervisor): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });
}

async function start(stateFolder: string, namespace: string, name: string): Promise<Supervisor> {
  const folder = serviceFolder(stateFolder, { target: 'local', context: null, namespace, name });
  const stored = await readState(folder.stateFile);
  if (stored.kind !== 'present') throw new Error(`the state file is ${stored.kind}`);
  return Supervisor.start({ service: name, folder, state: stored.state, env: process.env, clock: systemClock });
}

const [stateFolder = '', namespace = '', name = ''] = process.argv.slice(2);
process.title = `pricectl supervisor ${namespace}/${name}`;
await waitForStart();
try {
  const supervisor = await start(stateFolder, namespace, name);
  process.on('SIGTERM', () => supervisor.stop());
  process.on('SIGINT', () => supervisor.stop());
  process.on('SIGHUP', () => {});
  await tell({ type: 'started' });
  await supervisor.ended;
} catch (error) {
  if (!(error instanceof PricectlError)) throw error;
  await tell({ type: 'failed', code: error.code, message: error.message });
}
process.exit(0);
