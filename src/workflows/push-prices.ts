import type { PriceData } from '../prices/table.ts';
import { notUp } from '../targets/not-up.ts';
import type { Target, TargetKind } from '../targets/target.ts';
import { podPrices, type PodPrices } from './show-prices.ts';
import type { StepResult, StepRunner } from './steps.ts';

/** What `prices push` did. */
export interface PricesPushResult {
  readonly target: TargetKind;
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  /** What all replicas serve now; null when one of them doesn't say. */
  readonly prices: PriceData | null;
  readonly pods: readonly PodPrices[];
  readonly steps: readonly StepResult[];
  readonly ms: number;
}

/** What a push needs. */
export interface PushOptions {
  readonly target: Target;
  /** Absolute path of a file, or an http(s) URL. */
  readonly prices: string;
  readonly runSteps: StepRunner;
  readonly signal: AbortSignal;
}

/**
 * Delivers another price list to the running service and sees each replica serve it. Throws what its steps throw: a list that is invalid is refused
 * before anything is changed; EnvironmentError when the service isn't up or is locked.
 */
export async function pushPrices({ target, prices, runSteps, signal }: PushOptions): Promise<PricesPushResult> {
  const startedAt = performance.now();
  await using _lock = await target.lock('pricectl prices push');
  if ((await target.runningSettings(signal)) === undefined) throw notUp();
  const steps = await runSteps(await target.pushSteps(prices, signal), signal);
  const snapshot = await target.snapshot(signal, { isPatient: true });
  return { ...target.identity, prices: snapshot.prices, pods: podPrices(snapshot), steps, ms: Math.round(performance.now() - startedAt) };
}
