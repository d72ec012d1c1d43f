import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which side of a measurement a process is on. */
export type Side = 'server' | 'load' | 'any';

/** Keeps server and load on a core each, where that can be had. */
export interface Cores {
  readonly arePinned: boolean;
  /** The command that runs a command on the core of a side. */
  pin(side: Side, command: readonly string[]): readonly string[];
}

/** Pins with `taskset` on machines that have it and two cores; elsewhere processes run where the system puts them. */
export function findCores(): Cores {
  const arePinned = availableParallelism() >= 2 && spawnSync('taskset', ['-c', '1', process.execPath, '--version']).status === 0;
  const core = { server: '0', load: '1' } as const;
  return { arePinned, pin: (side, command) => (arePinned && side !== 'any' ? ['taskset', '-c', core[side], ...command] : command) };
}
