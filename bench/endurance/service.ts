import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** What `status --json` says that an endurance run looks at. */
export interface Look {
  readonly state: string;
  readonly url: string;
  readonly replicas: { readonly ready: number };
  readonly pods: readonly { readonly ready: boolean; readonly pricesSha256: string | null }[];
}

/** Processes of a service, replicas the eldest first. */
export interface Processes {
  readonly supervisor: number;
  readonly replicas: readonly number[];
}

/** A local service with a home of its own, by the commands that users type. */
export interface Service extends AsyncDisposable {
  up(...flags: readonly string[]): Promise<void>;
  look(): Promise<Look>;
  processes(): Promise<Processes>;
}

/** A service of this home; disposing takes it down. */
export function createService(home: string): Service {
  const pricectl = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [launcher, ...args, '--target', 'local'], { cwd: home, env: { PATH: process.env['PATH'], HOME: home } });
    return stdout;
  };
  return {
    async up(...flags) {
      await pricectl('up', '--quiet', ...flags);
    },
    look: async () => JSON.parse(await pricectl('status', '--json')),
    async processes() {
      const state: { supervisor: { pid: number } } = JSON.parse(await readFile(join(home, '.local/state/pricectl/local/pricectl/price-api/state.json'), 'utf8'));
      const supervisor = state.supervisor.pid;
      const children = await readFile(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8');
      const pids = children.trim().split(/\s+/).map(Number);
      const areReplicas = await Promise.all(pids.map(isReplica));
      return { supervisor, replicas: pids.filter((_, index) => areReplicas[index]) };
    },
    async [Symbol.asyncDispose]() {
      await pricectl('down', '--quiet');
    },
  };
}

/** A supervisor's other children measure CPU. */
async function isReplica(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('server/main.');
}

/** How many connections to a port of this machine a process holds, by Linux's own books. */
export async function connectionsOf(pid: number, port: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await Promise.all((await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')));
  const sockets = new Set(descriptors.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const isOfPort = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16) === port;
  return lines.filter(([, local, , state, , , , , , inode]) => isOfPort(local) && state === '01' && sockets.has(inode)).length;
}
