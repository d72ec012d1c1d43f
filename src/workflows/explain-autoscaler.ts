import type { AutoscalerExplanation } from '../autoscale/explanation.ts';
import { explanationOfDecision } from '../autoscale/explanation-of-decision.ts';
import { explainSight, type WatchedSight, watchSight } from '../targets/kubernetes/judge-explanation.ts';
import type { AutoscalerSight } from '../targets/kubernetes/judge-hpa-sight.ts';
import { notUp } from '../targets/not-up.ts';
import type { Target } from '../targets/target.ts';
import { NegativeError, PricectlError, UsageError } from '../tools/errors.ts';
import type { Clock } from '../tools/clock.ts';

/** Reads all that an HPA of a cluster goes by. Throws NegativeError `PRICECTL_E_NO_AUTOSCALER` and what the API throws. */
export type SightReader = (name: string, signal: AbortSignal) => Promise<AutoscalerSight>;

/** Which autoscaler is meant. */
export interface AutoscalerChoice {
  readonly target: Target;
  /** Undefined where there is no cluster. */
  readonly readAutoscaler: SightReader | undefined;
  /** Name of an HPA; undefined is that of our service. */
  readonly hpa: string | undefined;
}

/**
 * Why an autoscaler has as many replicas as it has. Throws UsageError for a name without a cluster, NegativeError `PRICECTL_E_NO_AUTOSCALER`,
 * EnvironmentError `PRICECTL_E_NOT_UP`, and what reading throws.
 */
export async function explainAutoscaler(choice: AutoscalerChoice, signal: AbortSignal): Promise<AutoscalerExplanation> {
  const sight = await look(choice, signal);
  return 'autoscaler' in sight ? explainSight(sight, null) : sight;
}

/** One moment of watching. */
export type WatchedMoment = { readonly explanation: AutoscalerExplanation } | { readonly failure: PricectlError };

/** How a watch goes on. */
export interface WatchOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Explains again and again, with what was seen before, until the signal aborts: then it throws its reason. What goes wrong after the first look is told
 * and tried again, but for an autoscaler that is gone, which ends it.
 */
export async function* watchAutoscaler(choice: AutoscalerChoice, { clock, everyMs, signal }: WatchOptions): AsyncGenerator<WatchedMoment, never> {
  let before: WatchedSight | null = null;
  for (let count = 0; ; count += 1) {
    const startedMs = clock.monotonicMs();
    try {
      const seen = await look(choice, signal);
      if ('autoscaler' in seen) before = watchSight(seen, before);
      yield { explanation: 'autoscaler' in seen ? (before?.explanation ?? explainSight(seen, null)) : seen };
    } catch (error) {
      signal.throwIfAborted();
      if (count === 0 || !(error instanceof PricectlError) || error instanceof NegativeError) throw error;
      yield { failure: error };
    }
    await clock.sleep(Math.max(0, everyMs - (clock.monotonicMs() - startedMs)), signal);
  }
}

async function look({ target, readAutoscaler, hpa }: AutoscalerChoice, signal: AbortSignal): Promise<AutoscalerSight | AutoscalerExplanation> {
  if (readAutoscaler === undefined) {
    if (hpa !== undefined) throw new UsageError('PRICECTL_E_USAGE', `${hpa} would be an HPA of a cluster, and the target is local`, { hints: ['name the cluster: --context NAME, or --target minikube'] });
    return explainLocal(target, signal);
  }
  try {
    return await readAutoscaler(hpa ?? target.identity.name, signal);
  } catch (error) {
    // Who asks for ours didn't name an HPA: what is missing is the service.
    if (hpa === undefined && error instanceof NegativeError && (await target.snapshot(signal)).state === 'absent') throw notUp();
    throw error;
  }
}

async function explainLocal(target: Target, signal: AbortSignal): Promise<AutoscalerExplanation> {
  const { state, atMs, identity, autoscaler, replicas, problem } = await target.snapshot(signal);
  if (state === 'absent' || (state === 'stopped' && autoscaler.decision === null)) throw notUp(problem);
  const { decision, nextSyncAtMs, tolerance, explanation: text } = autoscaler;
  const said = { current: replicas.desired, desired: null, min: replicas.min, max: replicas.max };
  return explanationOfDecision(decision, { name: identity.name, nowMs: atMs, nextSyncAtMs, tolerance, text, replicas: said });
}
