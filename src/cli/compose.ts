import { fileURLToPath } from 'node:url';
import type { LoadEngine } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import type { ImageSources } from '../targets/kubernetes/image-context.ts';
import type { ServiceIdentity, Target, TargetKind } from '../targets/target.ts';
import type { StepRunner } from '../workflows/steps.ts';
import type { RunStore } from '../load/run-store.ts';
import { stateFolder } from '../tools/files.ts';
import { systemClock } from '../tools/clock.ts';
import type { LiveDisplay } from './live-view.ts';
import { createStepRunner } from './step-runner.ts';
import { styleFor } from './style.ts';

/** Port of a service unless it is told otherwise: the original's. */
export const defaultPort = 8_080;

/** Values of the flags that every command has. */
export interface GlobalFlags {
  readonly target?: 'auto' | 'local' | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/** The target that a command works on, and why it is this one. */
export interface ChosenTarget {
  readonly target: Target;
  readonly reason: string;
}

/** The module of this package's file, from `src` as from `dist`; both lie one level below the package's root. */
function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The price list of a first `up` without `--prices`. */
export function defaultPricesPath(): string {
  return packageFile('templates/prices.txt');
}

/** What an image of the price server is built from. */
export function imageSources(): ImageSources {
  return { bundleFolder: packageFile('dist/image'), dockerfile: packageFile('templates/Dockerfile') };
}

/** The folder of the manifests' templates. */
export function templatesPath(): string {
  return packageFile('templates');
}

/** The folder that keeps this user's state and runs. */
export function stateFolderPath(): string {
  return stateFolder(process.env);
}

/** The identity of the service that the flags name. */
export function identityOf(flags: GlobalFlags): ServiceIdentity {
  return { target: 'local', context: null, namespace: flags.namespace ?? 'pricectl', name: flags.name ?? 'price-api' };
}

/** The local target for a service. */
export async function createTarget(identity: ServiceIdentity): Promise<Target> {
  const { createLocalTarget } = await import('../targets/local/target.ts');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const serverEntry = fileURLToPath(new URL(`../server/main.${extension}`, import.meta.url));
  return createLocalTarget({ identity, stateFolder: stateFolderPath(), serverEntry, clock: systemClock, env: process.env });
}

/** The target that the flags ask for. `auto` is local: the only one of this version. */
export async function chooseTarget(flags: GlobalFlags): Promise<ChosenTarget> {
  const reason = flags.target === 'local' ? 'as asked by --target' : 'this version runs services on this machine';
  return { target: await createTarget(identityOf(flags)), reason };
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
