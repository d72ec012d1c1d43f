import { access, constants, mkdir } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import type { Target, TargetKind } from '../targets/target.ts';
import { systemCode } from '../tools/errors.ts';
import { isPortFree } from '../tools/free-port.ts';

/** One thing that a target needs. */
export interface DoctorCheck {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'problem';
  /** What is there; null when nothing is. */
  readonly found: string | null;
  readonly needed: string;
  /** One command or sentence that mends it; null when all is well. */
  readonly mend: string | null;
}

/** What is there and what is missing for a target. */
export interface TargetCheck {
  readonly target: TargetKind;
  /** Whether the target can work: no check is a problem. */
  readonly usable: boolean;
  readonly checks: readonly DoctorCheck[];
}

/** A target's checks and what follows from them. */
export function toTargetCheck(target: TargetKind, checks: readonly DoctorCheck[]): TargetCheck {
  return { target, usable: checks.every((check) => check.state !== 'problem'), checks };
}

/** What is looked at. */
export interface MachineOptions {
  readonly target: Target;
  readonly stateFolder: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Checks whether this machine can run a service by itself. */
export async function checkMachine({ target, stateFolder, port, signal }: MachineOptions): Promise<TargetCheck> {
  return toTargetCheck('local', [
    checkPlatform(process.platform),
    checkCores(availableParallelism()),
    checkMemory(freemem()),
    await checkFolder('state folder', stateFolder),
    await checkFolder('socket folder', tmpdir()),
    await checkPort(target, port, signal),
  ]);
}

/** Replicas as processes behind one port are there on Linux and macOS. */
export function checkPlatform(platform: string): DoctorCheck {
  const isFine = platform === 'linux' || platform === 'darwin';
  const found = `${platform}, Node ${process.versions.node}`;
  return { name: 'platform', found, needed: 'Linux or macOS', state: isFine ? 'ok' : 'problem', mend: isFine ? null : 'on Windows use WSL 2' };
}

/** Service and load share the machine: with one core each disturbs the other. */
export function checkCores(cores: number): DoctorCheck {
  const isFine = cores >= 2;
  const mend = isFine ? null : 'a load test on one core measures the generator too';
  return { name: 'cores', found: String(cores), needed: '2', state: isFine ? 'ok' : 'warning', mend };
}

/** Ten replicas of a small price list take about 80 MB each. */
export function checkMemory(freeBytes: number): DoctorCheck {
  const isFine = freeBytes >= 1e9;
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  return { name: 'memory', found, needed: '1 GB for 10 replicas', state: isFine ? 'ok' : 'warning', mend: isFine ? null : 'pricectl up --max 4' };
}

async function checkFolder(name: string, path: string): Promise<DoctorCheck> {
  const needed = 'writable';
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return { name, found: path, needed, state: 'ok', mend: null };
  } catch (error) {
    const mend = `make ${path} writable (${systemCode(error) ?? 'unknown reason'})`;
    return { name, found: path, needed, state: 'problem', mend };
  }
}

async function checkPort(target: Target, port: number, signal: AbortSignal): Promise<DoctorCheck> {
  const name = `port ${port}`;
  const needed = 'free, or our service on it';
  const running = await target.runningSettings(signal);
  if (running?.port === port) return { name, found: `service ${target.identity.name}`, needed, state: 'ok', mend: null };
  const isFree = await isPortFree(port);
  const mend = isFree ? null : 'pricectl up --port with another number';
  return { name, found: isFree ? 'free' : 'another program', needed, state: isFree ? 'ok' : 'warning', mend };
}
