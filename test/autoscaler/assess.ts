import type { AutoscalerExplanation } from '../../src/autoscale/explanation.ts';
import { explainSight, type WatchedSight, watchSight } from '../../src/targets/kubernetes/judge-explanation.ts';
import { syncPeriodMs } from '../../src/targets/kubernetes/judge-hpa-looks.ts';
import type { AutoscalerSight } from '../../src/targets/kubernetes/judge-hpa-sight.ts';

/** A change of `desiredReplicas` by the controller, and what was explained just before it. */
interface AssessedChange {
  readonly at: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly isExplained: boolean;
  /** Readings or pods changed in the same second: nobody tells which ones the controller had. */
  readonly isAmbiguous: boolean;
  readonly text: string;
}

/** Explanations of a recorded life against what the controller did. */
export interface Assessment {
  readonly moments: number;
  readonly changes: readonly AssessedChange[];
  /** Predictions that a newer reading replaced before the controller looked. */
  readonly overtaken: number;
  /** Predictions of a change that stood for longer than the controller takes to look, and didn't come. */
  readonly falsePredictions: readonly string[];
  /** Moments at which the explanation named more than one outcome. */
  readonly unsure: number;
}

/** As times come in whole seconds, and a look takes a moment. */
const marginMs = 1_500;

/** Explains each moment by itself and those before, as one who watches would, and compares with what came. */
export function assess(sights: readonly AutoscalerSight[]): Assessment {
  const explained: WatchedSight[] = [];
  for (const sight of sights) explained.push(watchSight(sight, explained.at(-1) ?? null));
  const pairs = explained.slice(1).flatMap((after, index) => (explained[index] === undefined ? [] : [{ before: explained[index], after }]));
  const changes = pairs.filter(({ before, after }) => desired(before) !== desired(after)).map(({ before, after }) => assessChange(before, after));
  const unsure = explained.filter(({ explanation: { outcome } }) => outcome !== null && outcome.lowest !== outcome.highest).length;
  return { moments: sights.length, changes, unsure, ...assessPredictions(explained) };
}

function desired({ sight }: WatchedSight): number | undefined {
  return sight.autoscaler.status?.desiredReplicas;
}

function assessChange(before: WatchedSight, after: WatchedSight): AssessedChange {
  const to = desired(after);
  const pods = podsBefore(before.sight, after.sight);
  const newReadings = readings(before.sight) === readings(after.sight) ? [] : [{ podMetrics: after.sight.podMetrics }];
  const newPods = JSON.stringify(pods) === JSON.stringify(before.sight.pods) ? [] : [{ pods }];
  const both = newReadings.flatMap((one) => newPods.map((other) => ({ ...one, ...other })));
  const others = [...newReadings, ...newPods, ...both].map((parts) => explainSight({ ...before.sight, ...parts }, before.memory));
  const isExplained = [before.explanation, ...others].some((explanation) => sureOutcome(explanation) === to);
  return { at: new Date(after.sight.nowMs).toISOString(), from: desired(before), to, isExplained, isAmbiguous: others.length > 0, text: before.explanation.text };
}

function readings({ podMetrics }: AutoscalerSight): string {
  return JSON.stringify((podMetrics ?? []).map(({ metadata, timestamp }) => [metadata.name, timestamp]));
}

/** The pods that were there before, as they were after, but for what the change itself did to them. */
function podsBefore(before: AutoscalerSight, after: AutoscalerSight): AutoscalerSight['pods'] {
  return before.pods?.map((pod) => {
    const later = after.pods?.find(({ metadata }) => metadata.name === pod.metadata.name);
    return later === undefined || later.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ? pod : later;
  });
}

function sureOutcome({ outcome }: AutoscalerExplanation): number | undefined {
  return outcome !== null && outcome.lowest === outcome.highest ? outcome.lowest : undefined;
}

/** The change that an explanation says the next look makes; undefined for none, and when it isn't sure. */
function predicted({ explanation }: WatchedSight): number | undefined {
  const outcome = sureOutcome(explanation);
  return outcome === explanation.replicas.current ? undefined : outcome;
}

function assessPredictions(explained: readonly WatchedSight[]): Pick<Assessment, 'overtaken' | 'falsePredictions'> {
  const falsePredictions: string[] = [];
  let overtaken = 0;
  let first: WatchedSight | undefined;
  for (const [index, now] of explained.entries()) {
    if (first === undefined || predicted(first) !== predicted(now) || first.explanation.replicas.current !== now.explanation.replicas.current) {
      if (first !== undefined && now.explanation.replicas.current !== predicted(first)) {
        const stoodMs = now.sight.nowMs - first.sight.nowMs;
        if (stoodMs > syncPeriodMs + marginMs) falsePredictions.push(`${new Date(first.sight.nowMs).toISOString()}, for ${stoodMs} ms: ${first.explanation.text}`);
        else overtaken += 1;
      }
      first = predicted(now) === undefined ? undefined : now;
    }
    if (index === explained.length - 1) break;
  }
  return { overtaken, falsePredictions };
}
