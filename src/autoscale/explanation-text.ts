import { explainLimit, formatPercent, REASON_WORDS } from './explain.ts';
import type { AutoscalerExplanation, ExplainedMetric, ExplainedPod } from './explanation.ts';

/** An explanation that isn't in words yet. */
export type Unsaid = Omit<AutoscalerExplanation, 'text'>;

/** Says an explanation in one line; moments count from `atMs`. */
export function sayExplanation(explanation: Unsaid): string {
  switch (explanation.state) {
    case 'disabled':
      return `off: ${sayTarget(explanation)} is set to 0 replicas`;
    case 'out-of-bounds':
      return sayOutOfBounds(explanation);
    case 'failed':
      return sayFailure(explanation);
    case 'unknown':
      return sayUnknown(explanation);
    case 'computed':
      return sayComputed(explanation);
  }
}

function sayTarget({ scaleTarget }: Unsaid): string {
  return scaleTarget === null ? 'the service' : `${scaleTarget.kind} ${scaleTarget.name}`;
}

function sayOutOfBounds({ replicas, outcome }: Unsaid): string {
  const isBelow = (replicas.current ?? 0) < (replicas.min ?? 0);
  return `${replicas.current} is ${isBelow ? 'below the minimum' : 'above the maximum'}: goes to ${outcome?.lowest} at the next look`;
}

function sayFailure(explanation: Unsaid): string {
  const { replicas, complaint, metrics } = explanation;
  if (replicas.current === null) return `${sayTarget(explanation)} isn't there: nothing is scaled`;
  const failing = metrics.filter(({ isFailing }) => isFailing);
  const [highest] = metrics.filter(({ wish }) => wish !== null).toSorted((a, b) => (b.wish ?? 0) - (a.wish ?? 0));
  const why = failing.length === 0 ? (complaint ?? 'it complains of nothing') : failing.map(({ name, problem }) => `${name}: ${problem}`).join(', ');
  const blocked = highest === undefined || failing.length === 0 ? '' : `${sayMetric(highest)}, but a metric that fails blocks scaling down; `;
  return `${blocked}${why}: keeps ${replicas.current}`;
}

function sayUnknown({ metrics, outcome, replicas }: Unsaid): string {
  const known = metrics.filter(({ wish }) => wish !== null).map(sayMetric);
  const missing = metrics.filter(({ wish }) => wish === null).map(({ name, problem }) => `${name}: ${problem}`);
  const atLeast = outcome === null ? '' : `; a look now sets at least ${outcome.lowest}`;
  const said = replicas.desired === null ? '' : `; at its last look it wanted ${replicas.desired}`;
  return `what it wants can't be computed (${missing.join(', ')})${known.length === 0 ? '' : `; ${known.join(', ')}`}${atLeast}${said}`;
}

function sayComputed(explanation: Unsaid): string {
  const { metrics, limit } = explanation;
  const [winner, ...others] = metrics.toSorted((a, b) => (b.wish ?? 0) - (a.wish ?? 0));
  const clauses = [
    ...(winner === undefined ? [] : [sayMetric(winner), ...sayUncounted(winner)]),
    ...(others.length === 0 ? [] : [`the highest wins: ${others.map(({ name, wish }) => `${name} ${wish === null ? 'fails' : `wants ${wish}`}`).join(', ')}`]),
    ...sayHold(explanation),
    ...(limit === null ? [] : [explainLimit(limit)]),
    ...sayChange(explanation),
  ];
  return clauses.join('; ');
}

/** `CPU 131 % of request, target 50 %: wants 8`. */
function sayMetric(metric: ExplainedMetric): string {
  const { name, current, target, wish, source } = metric;
  const read = source === 'status' ? ' at its last look' : '';
  return `${name} ${formatCurrent(current, metric.unit)}${read}, target ${formatValue(target, metric.unit)}: ${sayWish(metric, wish)}`;
}

function sayWish(metric: ExplainedMetric, wish: number | null): string {
  const { keptBy, corrected, unit, current } = metric;
  const counted = corrected === null ? '' : `${formatValue(corrected, unit)} with the others counted, `;
  const isWithin = current !== null && metric.source === 'status' && current >= (metric.toleratedFrom ?? Infinity) && current <= (metric.toleratedTo ?? 0);
  if (keptBy === 'tolerance' || isWithin) return `${counted}within tolerance (${formatValue(metric.toleratedFrom, unit)} to ${formatValue(metric.toleratedTo, unit)}), keeps ${wish}`;
  if (keptBy === 'direction') return `${counted}on the other side of the target, keeps ${wish}`;
  if (keptBy === 'pod-count') return `${counted}yet so many pods that it turns the direction, keeps ${wish}`;
  return `${counted}wants ${wish}`;
}

/** What is used, as people write it: `72 % of request`. */
export function formatCurrent(value: number | null, unit: ExplainedMetric['unit']): string {
  return `${formatValue(value, unit)}${unit === 'percent' && value !== null ? ' of request' : ''}`;
}

/** A value with its unit, as people write it. */
export function formatValue(value: number | null, unit: ExplainedMetric['unit']): string {
  if (value === null) return 'unknown';
  switch (unit) {
    case 'percent':
      return formatPercent(value);
    case 'millicores':
      return `${Number(value.toFixed(1))}m`;
    case 'bytes':
      return `${Number((value / 2 ** 20).toFixed(1))}Mi`;
    case 'value':
      return String(Number(value.toFixed(3)));
  }
}

function sayUncounted(metric: ExplainedMetric): readonly string[] {
  const ways = Map.groupBy(metric.pods.filter(({ group }) => group !== 'ready'), (pod) => sayWay(pod, metric));
  return [...ways].map(([way, pods]) => `${way}: ${countReasons(pods)}`);
}

/** How a pod that isn't measured, or isn't ready, enters the sums. */
export function sayWay({ group }: ExplainedPod, { missingCountedAs, unreadyCountedAsIdle, unit }: ExplainedMetric): string {
  if (group === 'unready' && unreadyCountedAsIdle) return 'counted as idle';
  if (group !== 'missing' || missingCountedAs === null) return 'not counted';
  return missingCountedAs === 0 ? 'counted as idle' : `counted as ${formatValue(missingCountedAs, unit)}`;
}

function countReasons(pods: readonly ExplainedPod[]): string {
  const reasons = Map.groupBy(pods, ({ reason }) => reason);
  return [...reasons].map(([reason, group]) => `${group.length} ${REASON_WORDS[reason]}`).join(', ');
}

function sayHold({ heldBy, outcome, wish }: Unsaid): readonly string[] {
  if (heldBy !== null) return [`held by the ${heldBy.window === 'up' ? 'lowest' : 'highest'} wish of the last ${heldBy.windowMs / 1_000} s, ${heldBy.replicas}`];
  return outcome !== null && wish !== null && outcome.lowest !== outcome.highest ? ['a window may hold it'] : [];
}

function sayChange({ nextChange, atMs, outcome }: Unsaid): readonly string[] {
  if (nextChange === null) return [];
  const { earliestAtMs, latestAtMs, replicas } = nextChange;
  const isSure = outcome !== null && outcome.lowest === outcome.highest;
  const [from, to] = [Math.max(0, Math.floor((earliestAtMs - atMs) / 1_000)), Math.max(0, Math.ceil((latestAtMs - atMs) / 1_000))];
  const when = latestAtMs - earliestAtMs <= 2_000 ? `in ${to} s` : from === 0 ? `within ${to} s` : `in ${from} to ${to} s`;
  return [`${isSure && outcome.lowest === replicas ? 'goes' : 'may go'} to ${replicas} ${when}`];
}
