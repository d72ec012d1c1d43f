import type { PriceData } from '../prices/table.ts';
import type { ServiceSettings, SettingsLook, Snapshot, Target, TargetKind } from '../targets/target.ts';
import { type GivenSettings, resolveSettings, type SettingChange, settingChanges } from './service-settings.ts';
import type { StepResult, StepRunner } from './steps.ts';

/** What `up` did. */
export interface UpResult {
  readonly target: TargetKind;
  /** Why this target. */
  readonly reason: string;
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly url: string | null;
  readonly image: string | null;
  readonly replicas: { readonly min: number; readonly max: number; readonly ready: number };
  readonly prices: PriceData | null;
  readonly changes: readonly SettingChange[];
  readonly steps: readonly StepResult[];
  /** Whether nothing was done: steps and changes are what would be. */
  readonly dryRun: boolean;
  readonly ms: number;
}

/** What `up` needs beside the target. */
export interface UpOptions {
  readonly target: Target;
  readonly reason: string;
  readonly given: GivenSettings;
  readonly defaultPrices: string;
  readonly runSteps: StepRunner;
  readonly signal: AbortSignal;
}

/** Brings the service to the wanted state; safe to repeat. Throws what its steps throw, and EnvironmentError when the service is locked. */
export async function bringUp(options: UpOptions): Promise<UpResult> {
  const { target, signal } = options;
  const startedAt = performance.now();
  await using _lock = await target.lock('pricectl up');
  const { settings, changes } = await resolve(options, { mayMend: true });
  const steps = await options.runSteps(target.upSteps(settings), signal);
  const snapshot = await target.snapshot(signal, { isPatient: true });
  return { ...toUpResult(snapshot), reason: options.reason, changes, steps, dryRun: false, ms: Math.round(performance.now() - startedAt) };
}

/** What `bringUp` would do. Changes nothing and takes no lock. Throws what its steps throw: what would make `up` fail. */
export async function planUp(options: UpOptions): Promise<UpResult> {
  const { target, signal } = options;
  const startedAt = performance.now();
  const { settings, changes } = await resolve(options, { mayMend: false });
  const steps = await options.runSteps(target.planSteps(settings), signal);
  const snapshot = await target.snapshot(signal);
  return { ...toUpResult(snapshot), reason: options.reason, changes, steps, dryRun: true, ms: Math.round(performance.now() - startedAt) };
}

async function resolve({ target, given, defaultPrices, signal }: UpOptions, look: SettingsLook): Promise<{ readonly settings: ServiceSettings; readonly changes: readonly SettingChange[] }> {
  const running = await target.runningSettings(signal, look);
  const settings = resolveSettings(given, { running, defaultPrices, target: target.identity.target });
  return { settings, changes: running === undefined ? [] : settingChanges(running, settings) };
}

function toUpResult(snapshot: Snapshot): Omit<UpResult, 'reason' | 'changes' | 'steps' | 'dryRun' | 'ms'> {
  const { min, max, ready } = snapshot.replicas;
  return { ...snapshot.identity, url: snapshot.url, image: snapshot.image, replicas: { min, max, ready }, prices: snapshot.prices };
}
