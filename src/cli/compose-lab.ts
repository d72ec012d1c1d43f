import { availableParallelism } from 'node:os';
import type { AimedRate } from '../load/aim.ts';
import type { EngineName } from '../load/engine.ts';
import type { RunFolder } from '../load/run-store.ts';
import type { TargetKind } from '../targets/target.ts';
import { systemClock } from '../tools/clock.ts';
import { noteLowered, noteNoScaleOut } from '../workflows/lab-notes.ts';
import { type LabPlan, planLab } from '../workflows/lab-plan.ts';
import type { LabOptions } from '../workflows/lab.ts';
import { idsOfPrices, readIds } from '../workflows/load-ids.ts';
import type { LoadTestOutcome } from '../workflows/load-test.ts';
import { type QuickLegs, steerQuickLoad } from '../workflows/quick-load.ts';
import { resolveSettings } from '../workflows/service-settings.ts';
import { type ChosenTarget, createEngine, createRuns, createSteps, defaultPricesPath, displayOf, type GlobalFlags } from './compose.ts';
import { type ServiceFlagValues, toGivenSettings } from './given-settings.ts';
import { createLoadDisplay } from './load-display.ts';
import { type LoadFlagValues, profileFrom, toLoadRequest } from './load-request.ts';
import { presentLabSettings } from './present/lab.ts';
import { presentLoadStart } from './present/load-start.ts';

/** Values of the flags of `lab`. */
export type LabFlags = GlobalFlags & ServiceFlagValues & LoadFlagValues & { readonly profile?: 'quick' | 'seed' | undefined; readonly keep?: boolean };

/** What the command knows beside its flags. */
export interface LabContext {
  /** The target for a service of this name. */
  readonly chooseTarget: (name: string) => Promise<ChosenTarget>;
  readonly version: string;
  readonly isJson: boolean;
  readonly signal: AbortSignal;
}

/** A lab that is ready to run. */
export interface ComposedLab {
  readonly options: LabOptions;
  /** What the reader should know beside the numbers. */
  notes(load: LoadTestOutcome): readonly string[];
  /** Removes the folder of a run that has no result. */
  discard(): Promise<void>;
}

/** Puts a lab together from its flags: a service of its own, the profile's load, and the display. Throws UsageError and EnvironmentError. */
export async function composeLab(flags: LabFlags, context: LabContext): Promise<ComposedLab> {
  const runs = await createRuns();
  const folder = await runs.create('lab', systemClock.now());
  const discard = () => runs.remove(folder.id);
  try {
    return await composeInFolder(flags, context, { folder, discard });
  } catch (error) {
    await discard();
    throw error;
  }
}

async function composeInFolder(flags: LabFlags, context: LabContext, { folder, discard }: LabRun): Promise<ComposedLab> {
  const { target, reason } = await context.chooseTarget(`lab-${folder.id.replace('-lab', '')}`);
  const kind = target.identity.target;
  const plan = planFrom(flags, kind);
  const settings = resolveSettings(plan.given, { running: undefined, defaultPrices: defaultPricesPath(), target: kind });
  const ids = flags.ids === undefined ? await idsOfPrices(settings.prices, context.signal) : await readIds(flags.ids);
  const { engine, measuredOn } = await createEngine(context.version, kind);
  const lowered: AimedRate[] = [];
  return {
    options: {
      ...(await displayPart(flags, context, plan, engine.name, presentLabSettings(settings, kind))),
      target,
      reason,
      given: plan.given,
      defaultPrices: defaultPricesPath(),
      keep: flags.keep ?? false,
      signal: context.signal,
      load: { engine, folder, clock: systemClock, measuredOn },
      toRequest: (url) => toLoadRequest(plan.profile, url, ids, flags),
      ...(plan.legs && { steer: steering(plan.legs, lowered) }),
    },
    notes: (load) => [...noteLowered(lowered), ...noteNoScaleOut(load.samples, settings)],
    discard,
  };
}

/** Where a lab is recorded. */
interface LabRun {
  readonly folder: RunFolder;
  readonly discard: () => Promise<void>;
}

function planFrom(flags: LabFlags, target: TargetKind): LabPlan {
  return planLab({
    target,
    profile: flags.profile ?? 'quick',
    given: toGivenSettings(flags, process.cwd()),
    ownLoad: (flags.vus ?? flags.stages ?? flags.duration ?? flags.rate) === undefined ? undefined : profileFrom(flags),
    thresholds: flags.threshold,
  });
}

async function displayPart(flags: LabFlags, { isJson }: LabContext, { profile, totalMs }: LabPlan, engine: EngineName, about: string) {
  const shown = displayOf(flags, isJson);
  const display = await createLoadDisplay(shown, totalMs);
  let isLoading = false;
  const onUp = () => {
    isLoading = true;
    if (!shown.isQuiet) shown.stream.write(`\n${about}\n${presentLoadStart(profile, engine, systemClock.now(), totalMs)}\n`);
  };
  const onLoadEnd = () => {
    display.end();
    if (isLoading && !shown.isQuiet) shown.stream.write('\n');
  };
  return { runSteps: createSteps(flags, isJson), onUp, onProgress: display.onProgress, onLoadEnd };
}

/** CPU of this process, whose threads make the load, since its start. */
function generatorCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Steers the quick profile by what this process and the replicas use. */
function steering(legs: QuickLegs, lowered: AimedRate[]): NonNullable<LabOptions['steer']> {
  const onLowered = (aimed: AimedRate) => void lowered.push(aimed);
  return (run, latest, signal) =>
    steerQuickLoad({ run, legs, latest, clock: systemClock, cores: availableParallelism(), generatorCpuMicros, signal, onLowered });
}
