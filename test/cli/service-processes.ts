import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Sandbox } from './sandbox.ts';

/** What tests look for in the default service's state file. */
interface State {
  readonly supervisor: { readonly pid: number };
  readonly replicas: readonly { readonly pid: number }[];
  readonly socketsFolder: string;
}

async function readState(sandbox: Sandbox): Promise<State> {
  return JSON.parse(await sandbox.read('.local/state/pricectl/local/pricectl/price-api/state.json'));
}

/** Pid of the default service's supervisor, as its state file tells it. */
export async function supervisorPid(sandbox: Sandbox): Promise<number> {
  return (await readState(sandbox)).supervisor.pid;
}

/** Pids of the default service's replicas. */
export async function replicaPids(sandbox: Sandbox): Promise<readonly number[]> {
  return childPids(await supervisorPid(sandbox));
}

/** Pids of a process's children. */
export async function childPids(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  return stdout.trim().split(/\s+/).map(Number);
}

/** A replica process and how many connections of clients it has open, by its own `/metrics`. */
export interface ReplicaConnections {
  readonly pid: number;
  readonly connections: number;
}

/** Of each replica of the default service, as long as none was started again. */
export async function replicaConnections(sandbox: Sandbox): Promise<readonly ReplicaConnections[]> {
  return connectionsOf(await readState(sandbox));
}

/** Of each replica that a state names, as long as none was started again: the n-th process has the n-th socket. */
export async function connectionsOf({ replicas, socketsFolder }: Pick<State, 'replicas' | 'socketsFolder'>): Promise<readonly ReplicaConnections[]> {
  return Promise.all(
    replicas.map(async ({ pid }, index) => {
      const metrics = await ask(join(socketsFolder, `r${index + 1}`), '/metrics');
      return { pid, connections: Number(/^http_connections (\d+)$/m.exec(metrics)?.[1]) };
    }),
  );
}

function ask(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path, agent: false }, (response) => void text(response).then(resolve, reject));
    request.on('error', reject);
  });
}
