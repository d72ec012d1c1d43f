import { access, constants, mkdir } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { availableMemory } from '../targets/local/available-memory.ts';
import type { Target, TargetKind } from '../targets/target.ts';
import { PricectlError, systemCode } from '../tools/errors.ts';
import { ensurePrivateFolder } from '../tools/files.ts';
import { isPortFree } from '../tools/free-port.ts';
import { resolveSettings } from './service-settings.ts';

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
  const running = await target.runningSettings(signal);
  const { max, cpuRequestMillicores } = resolveSettings({}, { running, defaultPrices: '', target: 'local' });
  return toTargetCheck('local', [
    checkPlatform(process.platform),
    checkCores(availableParallelism(), max * cpuRequestMillicores),
    checkMemory(await availableMemory(), max),
    await checkFolder('state folder', stateFolder, ensurePrivateFolder),
    await checkFolder('socket folder', tmpdir()),
    await checkPort(target.identity.name, running?.port, port),
  ]);
}

/** Replicas as processes behind one port are there on Linux and macOS. */
export function checkPlatform(platform: string): DoctorCheck {
  const isFine = platform === 'linux' || platform === 'darwin';
  const found = `${platform}, Node ${process.versions.node}`;
  return { name: 'platform', found, needed: 'Linux or macOS', state: isFine ? 'ok' : 'problem', mend: isFine ? null : 'on Windows use WSL 2' };
}

/** Service and load share the machine: what all replicas request, and a core that makes the load. */
export function checkCores(cores: number, requestedMillicores: number): DoctorCheck {
  const needed = Math.ceil(requestedMillicores / 1_000) + 1;
  const isFine = cores >= needed;
  const mend = isFine ? null : 'a lower --max or --cpu-request: on too few cores a load test measures the generator too';
  return { name: 'cores', found: String(cores), needed: `${needed}: ${requestedMillicores}m for the service, 1 for the load`, state: isFine ? 'ok' : 'warning', mend };
}

/** A replica with a small price list takes about 80 MB. */
const replicaBytes = 1e8;

/** Whether so many replicas of a small price list find room. */
export function checkMemory(freeBytes: number, max: number): DoctorCheck {
  const neededBytes = max * replicaBytes;
  const isFine = freeBytes >= neededBytes;
  const [found, needed] = [`${(freeBytes / 1e9).toFixed(1)} GB free`, `${(neededBytes / 1e9).toFixed(1)} GB for ${max} replicas`];
  return { name: 'memory', found, needed, state: isFine ? 'ok' : 'warning', mend: isFine ? null : `pricectl up --max ${Math.max(1, Math.floor(freeBytes / replicaBytes))}` };
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

async function checkFolder(name: string, path: string, make = makeFolder): Promise<DoctorCheck> {
  const needed = 'writable';
  try {
    await make(path);
    await access(path, constants.W_OK);
    return { name, found: path, needed, state: 'ok', mend: null };
  } catch (error) {
    const mend = `make ${path} writable (${systemCode(error) ?? 'unknown reason'})`;
    const told = error instanceof PricectlError ? { found: error.message, mend: error.hints[0] ?? null } : { found: path, mend };
    return { name, needed, state: 'problem', ...told };
  }
}

async function checkPort(service: string, runningPort: number | undefined, port: number): Promise<DoctorCheck> {
  const name = `port ${port}`;
  const needed = 'free, or our service on it';
  if (runningPort === port) return { name, found: `service ${service}`, needed, state: 'ok', mend: null };
  const isFree = await isPortFree(port);
  const mend = isFree ? null : 'pricectl up --port with another number';
  return { name, found: isFree ? 'free' : 'another program', needed, state: isFree ? 'ok' : 'warning', mend };
}
