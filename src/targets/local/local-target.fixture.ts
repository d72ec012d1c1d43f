import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBehavior } from '../../autoscale/behavior.ts';
import { systemClock } from '../../tools/clock.ts';
import type { Environment } from '../../tools/files.ts';
import { isRunning, type ProcessIdentity, signalProcess } from '../../tools/process-identity.ts';
import type { ServiceIdentity, ServiceSettings, Snapshot, Step, StepReport, Target } from '../target.ts';
import { serviceFolder } from './service-folder.ts';
import { type LocalState, readState } from './state.ts';
import { createLocalTarget } from './target.ts';

/** The server that replicas run in a test. */
export type ServerKind = 'real' | 'stand-in';

const serverEntries: Readonly<Record<ServerKind, string>> = {
  real: join(import.meta.dirname, '../../server/main.ts'),
  'stand-in': join(import.meta.dirname, 'stand-in-server.fixture.ts'),
};

/** A service in a state folder of its own. */
export interface LocalTest {
  readonly target: Target;
  readonly stateFolder: string;
  readonly folder: ReturnType<typeof serviceFolder>;
  readonly pricesFile: string;
  /** Settings for few replicas and quick looks; port 0. */
  settings(changes?: Partial<ServiceSettings>): ServiceSettings;
  /** Runs the steps of `up` and returns their reports by title. */
  up(changes?: Partial<ServiceSettings>): Promise<Record<string, StepReport>>;
  down(): Promise<Record<string, StepReport>>;
  snapshot(): Promise<Snapshot>;
  /** What the state file says. Throws when it says nothing. */
  state(): Promise<LocalState>;
  /** The same service as another command sees it. */
  reopen(env?: Environment): Target;
}

/** Folder names that shells and URLs would stumble over. */
const awkward = "pricectl it's a \"test\" ü ";

/** Makes a service for a test; nothing runs yet. */
export async function createLocalTest(kind: ServerKind = 'real', env: Environment = {}): Promise<LocalTest> {
  const stateFolder = await mkdtemp(join(tmpdir(), awkward));
  const identity: ServiceIdentity = { target: 'local', context: null, namespace: 'testing', name: 'price-api' };
  const folder = serviceFolder(stateFolder, identity);
  const pricesFile = join(stateFolder, 'prices.txt');
  await writeFile(pricesFile, 'P123,100\nP124,49.5\n');
  const reopen = (more: Environment = {}) =>
    createLocalTarget({ identity, stateFolder, serverEntry: serverEntries[kind], clock: systemClock, env: { PATH: process.env['PATH'], ...env, ...more } });
  const target = reopen();
  const settings = (changes: Partial<ServiceSettings> = {}): ServiceSettings => ({
    prices: pricesFile,
    min: 2,
    max: 4,
    cpuTarget: 50,
    cpuRequestMillicores: 100,
    port: 0,
    syncPeriodMs: 500,
    metricResolutionMs: 500,
    behavior: createBehavior(),
    cluster: null,
    ...changes,
  });
  const test: LocalTest = {
    target,
    stateFolder,
    folder,
    pricesFile,
    settings,
    reopen,
    up: (changes) => runSteps(target.upSteps(settings(changes))),
    down: () => runSteps(target.downSteps({ cluster: false })),
    snapshot: () => target.snapshot(AbortSignal.timeout(10_000)),
    async state() {
      const stored = await readState(folder.stateFile);
      if (stored.kind !== 'present') throw new Error(`the state is ${stored.kind}`);
      return stored.state;
    },
  };
  return test;
}

/** Runs steps in order; the reports by title. */
export async function runSteps(steps: readonly Step[]): Promise<Record<string, StepReport>> {
  const reports: Record<string, StepReport> = {};
  for (const step of steps) reports[step.title] = await step.run({ signal: AbortSignal.timeout(60_000), progress: () => {} });
  return reports;
}

/** Ends what a test started, by the processes that its state file ever named, and removes its folder. */
export async function endLocalTest({ target, folder, stateFolder }: LocalTest): Promise<void> {
  const recorded = await recordedProcesses(folder.stateFile);
  for (const identity of recorded) await signalProcess(identity, 'SIGCONT');
  await runSteps(target.downSteps({ cluster: false })).catch(() => {});
  for (const identity of recorded) await signalProcess(identity, 'SIGKILL');
  await rm(stateFolder, { recursive: true, force: true });
}

/** Supervisor and replicas by the state file, as far as it can be read. */
export async function recordedProcesses(stateFile: string): Promise<readonly ProcessIdentity[]> {
  try {
    const state = JSON.parse(await readFile(stateFile, 'utf8'));
    return [state.supervisor, ...state.replicas];
  } catch {
    return [];
  }
}

/** How many of these processes still run. */
export async function countRunning(processes: readonly ProcessIdentity[]): Promise<number> {
  return (await Promise.all(processes.map(isRunning))).filter(Boolean).length;
}
