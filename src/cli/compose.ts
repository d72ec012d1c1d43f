import { fileURLToPath } from 'node:url';
import type { LoadEngine } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import type { InsideService } from '../targets/kubernetes/access.ts';
import type { ServiceIdentity, Target, TargetKind } from '../targets/target.ts';
import type { SightReader } from '../workflows/explain-autoscaler.ts';
import type { StepRunner } from '../workflows/steps.ts';
import type { RunStore } from '../load/run-store.ts';
import { stateFolder } from '../tools/files.ts';
import { systemClock } from '../tools/clock.ts';
import { minikubeProfile } from '../targets/minikube-profile.ts';
import type { LiveDisplay } from './live-view.ts';
import { packageFile } from './package-files.ts';
import type { ClusterTools } from './cluster-tools.ts';
import { createStepRunner } from './step-runner.ts';
import { styleFor } from './style.ts';

/** Port of a service unless it is told otherwise: the original's. */
export const defaultPort = 8_080;

/** Values of the flags that every command has. */
export interface GlobalFlags {
  readonly target?: 'auto' | TargetKind | undefined;
  readonly context?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/** The target that a command works on, and why it is this one. */
export interface ChosenTarget {
  readonly target: Target;
  readonly reason: string;
  /** The service as its cluster sees it; undefined where there is none. Throws EnvironmentError when it isn't up. */
  readonly inside?: (signal: AbortSignal) => Promise<InsideService>;
  /** One look at any HPA of the cluster; undefined where there is none. */
  readonly readAutoscaler?: SightReader;
}

/** The price list of a first `up` without `--prices`. */
export function defaultPricesPath(): string {
  return packageFile('templates/prices.txt');
}

/** The folder that keeps this user's state and runs. */
export function stateFolderPath(): string {
  return stateFolder(process.env);
}

/** The local target for a service. */
export async function createLocal(identity: ServiceIdentity): Promise<Target> {
  const { createLocalTarget } = await import('../targets/local/target.ts');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const serverEntry = fileURLToPath(new URL(`../server/main.${extension}`, import.meta.url));
  return createLocalTarget({ identity, stateFolder: stateFolderPath(), serverEntry, clock: systemClock, env: process.env });
}

/** What choosing a target takes beside the flags. */
export interface TargetContext {
  /** Version of pricectl. */
  readonly version: string;
  /** Whether the command changes something: on a cluster that isn't local that must be confirmed. */
  readonly changes: boolean;
  /** Whether the user can be asked. */
  readonly maySpeak: boolean;
  readonly signal: AbortSignal;
}

/** The programs that clusters are driven by; they take a while to load. */
async function loadTools(): Promise<ClusterTools> {
  const { createClusterTools } = await import('./cluster-tools.ts');
  return createClusterTools(process.env, minikubeProfile);
}

/**
 * The target that the flags ask for, which the caller disposes. With `name` it is that of another service than the flags'. Throws UsageError for a
 * context that is missing or not confirmed.
 */
export async function chooseTarget(flags: GlobalFlags, context: TargetContext, name = flags.name): Promise<ChosenTarget> {
  const { chooseKind, identityOn } = await import('./choose-target.ts');
  const { serviceFolder } = await import('../targets/local/service-folder.ts');
  const { recordPath } = await import('../targets/kubernetes/service-record.ts');
  const named = { namespace: flags.namespace, name };
  const recordOf = (kind: 'local' | 'minikube') =>
    kind === 'local'
      ? serviceFolder(stateFolderPath(), identityOn('local', null, named)).stateFile
      : recordPath(stateFolderPath(), identityOn('minikube', minikubeProfile, named));
  const { kind, reason } = await chooseKind({ target: flags.target, context: flags.context }, { recordOf, loadTools, signal: context.signal });
  if (kind === 'local') return { target: await createLocal(identityOn('local', null, named)), reason };
  const { composeClusterTarget, contextOf } = await import('./compose-cluster.ts');
  const tools = await loadTools();
  const kubeContext = await contextOf(kind, flags, { tools, ...context });
  const identity = { ...identityOn(kind, kubeContext, named), context: kubeContext };
  const composed = composeClusterTarget({ identity, tools, stateFolder: stateFolderPath(), env: process.env, version: context.version });
  return { ...composed, reason };
}

/** Recorded runs of this user. */
export async function createRuns(): Promise<RunStore> {
  const { createRunStore } = await import('../load/run-store.ts');
  return createRunStore(stateFolderPath());
}

/** Where progress is shown: on stderr; nowhere with `--quiet` or `--json`. */
export function displayOf(flags: GlobalFlags, isJson: boolean): LiveDisplay {
  return {
    stream: process.stderr,
    style: styleFor(process.stderr, flags['no-color'] === true, process.env),
    isQuiet: flags.quiet === true || isJson,
  };
}

/** Runs steps and shows them. */
export function createSteps(flags: GlobalFlags, isJson: boolean): StepRunner {
  return createStepRunner(displayOf(flags, isJson));
}

/** The load engine, and what its numbers are measured on. */
export async function createEngine(version: string, target: TargetKind | null): Promise<{ engine: LoadEngine; measuredOn: MeasuredOn }> {
  const { createNodeEngine } = await import('../load/node/engine.ts');
  const { describeMachine } = await import('../workflows/measured-on.ts');
  const engine = createNodeEngine({});
  return { engine, measuredOn: describeMachine(version, engine.name, target) };
}
