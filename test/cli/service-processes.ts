import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sandbox } from './sandbox.ts';

/** Pid of the default service's supervisor, as its state file tells it. */
export async function supervisorPid(sandbox: Sandbox): Promise<number> {
  const state: { supervisor: { pid: number } } = JSON.parse(await sandbox.read('.local/state/pricectl/local/pricectl/price-api/state.json'));
  return state.supervisor.pid;
}

/** Pids of the default service's replicas. */
export async function replicaPids(sandbox: Sandbox): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(await supervisorPid(sandbox))]);
  return stdout.trim().split(/\s+/).map(Number);
}
