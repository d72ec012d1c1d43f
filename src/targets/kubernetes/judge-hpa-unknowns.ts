import type { AutoscalerExplanation } from '../../autoscale/explanation.ts';
import type { WatchMemory } from '../../autoscale/memory.ts';
import type { KnownPast } from '../../autoscale/outlook.ts';
import { toBehavior } from './judge-behavior.ts';
import { type ExpectedLook, findLookTime, syncPeriodMs } from './judge-hpa-looks.ts';
import type { AutoscalerSight } from './judge-hpa-sight.ts';
import { formatDuration, toTimeMs } from './judge-time.ts';

/** What an explanation was made with. */
interface Grounds {
  readonly memory: WatchMemory | null;
  readonly past: KnownPast;
  readonly nextLook: ExpectedLook;
}

/** A difference that rounding to whole seconds doesn't make. */
const skewMs = 2_000;

/** What can't be known of an autoscaler, or is assumed, a sentence each: only what bears on this explanation. */
export function listUnknowns(sight: AutoscalerSight, explanation: Omit<AutoscalerExplanation, 'text'>, grounds: Grounds): readonly string[] {
  if (explanation.state === 'disabled') return sight.denials;
  return [...sight.denials, ...listMetrics(explanation), ...listWindows(sight, explanation, grounds), ...listScalings(sight, grounds), ...listLooks(sight, grounds), ...listSkew(sight), flagsNote(explanation)];
}

function listMetrics({ metrics }: Pick<AutoscalerExplanation, 'metrics'>): readonly string[] {
  const said = metrics.filter(({ source, wish }) => source === 'status' && wish !== null).map(({ name }) => name);
  return said.length === 0 ? [] : [`the value of ${said.join(', ')} is that of the autoscaler's last look: only it reads it`];
}

function listWindows({ autoscaler, nowMs }: AutoscalerSight, { wish, replicas, outcome }: Pick<AutoscalerExplanation, 'wish' | 'replicas' | 'outcome'>, { memory, past }: Grounds): readonly string[] {
  if (wish === null || outcome === null || replicas.current === null) return [];
  const behavior = toBehavior(autoscaler);
  const direction = wish > replicas.current ? 'scaleUp' : 'scaleDown';
  const hasNoBehavior = autoscaler.spec.behavior === undefined;
  const windowMs = hasNoBehavior ? behavior.scaleDown.stabilizationWindowMs : behavior[direction].stabilizationWindowMs;
  const isKnown = past.recommendationsSinceMs !== null && past.recommendationsSinceMs <= nowMs - windowMs;
  // On the way up only the highest recommendation of an HPA without behavior may still matter.
  const mayMatter = outcome.lowest !== outcome.highest || (hasNoBehavior && wish >= replicas.current);
  if (windowMs === 0 || isKnown || !mayMatter) return [];
  const watched = memory === null ? '' : `; watched for ${formatDuration(nowMs - memory.sinceMs)} of them so far`;
  return [`what it recommended in the last ${windowMs / 1_000} s, which it remembers, can't be seen${watched}`];
}

function listScalings({ autoscaler, nowMs }: AutoscalerSight, { past }: Grounds): readonly string[] {
  const { spec } = autoscaler;
  if (spec.behavior === undefined) return [];
  const { scaleUp, scaleDown } = toBehavior(autoscaler);
  const longestMs = Math.max(...[...scaleUp.policies, ...scaleDown.policies].map(({ periodMs }) => periodMs));
  const isKnown = past.scalingsSinceMs !== null && past.scalingsSinceMs <= nowMs - longestMs;
  return isKnown ? [] : [`how much it scaled in the last ${longestMs / 1_000} s, which its policies count, isn't told`];
}

function listLooks({ autoscaler }: AutoscalerSight, { nextLook }: Grounds): readonly string[] {
  if (nextLook.expectedAtMs !== null) return [`its looks are counted from the last one that changed its status, every ${syncPeriodMs / 1_000} s`];
  const last = findLookTime(autoscaler);
  return [`when it last looked isn't told${last === undefined ? '' : ' since its status stopped changing'}; it looks every ${syncPeriodMs / 1_000} s`];
}

/** A clock of the cluster that is ahead shows: what it wrote lies in the future. */
function listSkew({ autoscaler, podMetrics, nowMs }: AutoscalerSight): readonly string[] {
  const newestMs = Math.max(findLookTime(autoscaler) ?? 0, ...(podMetrics ?? []).map(({ timestamp }) => toTimeMs(timestamp) ?? 0));
  return newestMs - nowMs > skewMs ? [`the cluster's clock is ${formatDuration(newestMs - nowMs)} ahead of this machine's: ages and countdowns are off by as much`] : [];
}

function flagsNote({ kind }: Pick<AutoscalerExplanation, 'kind'>): string {
  return `the ${kind === 'kubernetes' ? "controller's" : "autoscaler's"} flags are taken for their defaults: tolerance 10 % unless the HPA says otherwise, CPU of a pod's first 5 min only when it was ready, downscale window 300 s`;
}
