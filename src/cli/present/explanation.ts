import type { AutoscalerExplanation, ExplainedMetric, ExplainedPod } from '../../autoscale/explanation.ts';
import { explainLimit } from '../../autoscale/explain.ts';
import { formatCurrent, formatValue, sayWay } from '../../autoscale/explanation-text.ts';
import type { Style } from '../style.ts';
import { withoutControls } from './spans.ts';

/** More names than that say less. */
const namedPods = 10;

/** Why an autoscaler has as many replicas as it has, as a block of lines. */
export function presentExplanation(explanation: AutoscalerExplanation, style: Style): string {
  const { text, metrics, unknowns, state } = explanation;
  const complaint = explanation.complaint === null ? null : withoutControls(explanation.complaint);
  const row = createRow(['not known', ...metrics.map(({ name }) => name)]);
  const rows = [
    ...metrics.flatMap((metric) => presentMetric(metric, row, style)),
    ...(explanation.wish === null || metrics.length < 2 ? [] : [row('wish', `${explanation.wish}, the highest of the metrics`)]),
    ...presentHold(explanation, row),
    ...(explanation.limit === null ? [] : [row('limit', explainLimit(explanation.limit))]),
    ...presentNext(explanation, row),
  ];
  return [
    presentHead(explanation, style),
    `  ${state === 'failed' || state === 'unknown' ? style.careful(text) : text}`,
    ...(complaint === null || text.includes(complaint) ? [] : [`  ${style.careful(`it says itself: ${complaint}`)}`]),
    ...(rows.length === 0 ? [] : ['', ...rows]),
    ...(unknowns.length === 0 ? [] : ['', ...unknowns.map((unknown, index) => style.dim(row(index === 0 ? 'not known' : '', unknown)))]),
  ].join('\n');
}

/** A title and what it is the title of. */
type Row = (title: string, text: string) => string;

/** The widest column of titles: longer ones stick out. */
const widestTitle = 24;

function createRow(titles: readonly string[]): Row {
  const width = Math.min(widestTitle, Math.max(...titles.map(({ length }) => length)));
  return (title, text) => `  ${title.padEnd(width)}  ${text}`;
}

function presentHead({ kind, name, namespace, context, scaleTarget, replicas }: AutoscalerExplanation, style: Style): string {
  const what = kind === 'emulated' ? 'emulated autoscaler' : `HPA in namespace ${namespace} of context ${context}`;
  const scaled = scaleTarget === null ? '' : ` of ${scaleTarget.kind} ${scaleTarget.name}`;
  return `${style.bold(name)}, ${what}: ${formatReplicas(replicas.current)}${scaled} (${replicas.min ?? 'unknown'} to ${replicas.max ?? 'unknown'})`;
}

/** `1 replica`, `4 replicas`. */
export function formatReplicas(count: number | null): string {
  return `${count ?? 'unknown'} ${count === 1 ? 'replica' : 'replicas'}`;
}

function presentMetric(metric: ExplainedMetric, row: Row, style: Style): readonly string[] {
  const { name, unit, current, target, corrected, toleratedFrom, toleratedTo, wish, problem, ageMs, windowMs } = metric;
  const value = (number: number | null) => formatValue(number, unit);
  const outcome = wish === null ? style.careful(problem ?? 'unknown') : `asks for ${wish}`;
  const counted = metric.pods.filter(({ group }) => group === 'ready').length;
  const others = metric.pods.filter(({ group }) => group !== 'ready');
  return [
    row(name, `${formatCurrent(current, unit)}, target ${value(target)}: ${outcome}`),
    ...(toleratedFrom === null ? [] : [row('', style.dim(`from ${value(toleratedFrom)} to ${value(toleratedTo)} nothing happens`))]),
    ...(corrected === null ? [] : [row('', `${value(corrected)} with the pods below counted`)]),
    ...(ageMs === null ? [] : [row('', style.dim(`the oldest reading is ${formatSpan(ageMs)} old${windowMs === null ? '' : `, an average of up to ${formatSpan(windowMs)}`}`))]),
    ...(metric.pods.length === 0 ? [] : [row('pods', `${counted} of ${metric.pods.length} ${counted === 1 ? 'counts' : 'count'}`), ...presentPods(others, metric, row, style)]),
  ];
}

function presentPods(pods: readonly ExplainedPod[], metric: ExplainedMetric, row: Row, style: Style): readonly string[] {
  const lines = pods.slice(0, namedPods).map((pod) => row('', `${pod.name}  ${sayWay(pod, metric)}: ${style.dim(pod.why ?? '')}`));
  return pods.length <= namedPods ? lines : [...lines, row('', style.dim(`and ${pods.length - namedPods} more`))];
}

function presentHold({ heldBy, atMs }: AutoscalerExplanation, row: Row): readonly string[] {
  if (heldBy === null) return [];
  const extreme = heldBy.window === 'up' ? 'lowest' : 'highest';
  const until = heldBy.untilMs === null ? '' : `, counts for ${formatSpan(Math.max(0, heldBy.untilMs - atMs))} more`;
  return [row('window', `${heldBy.replicas} is the ${extreme} wish of the last ${heldBy.windowMs / 1_000} s${until}`)];
}

function presentNext({ nextLook, nextChange, outcome, replicas, atMs, state }: AutoscalerExplanation, row: Row): readonly string[] {
  if (state === 'disabled' || nextLook === null) return [];
  const look = `looks ${formatWhen(nextLook, atMs)}`;
  const set = outcome === null ? '' : outcome.lowest !== outcome.highest ? `, then sets ${outcome.lowest} to ${outcome.highest}` : outcome.lowest === replicas.current ? ', then keeps them' : `, then sets ${outcome.lowest}`;
  const isLater = nextChange !== null && (nextChange.latestAtMs > nextLook.latestAtMs || outcome?.lowest !== outcome?.highest);
  const change = isLater ? [row('', `${nextChange.replicas} come ${formatWhen(nextChange, atMs)} if the metrics stay`)] : [];
  return [row('next', `${look}${set}`), ...change];
}

function formatWhen({ earliestAtMs, latestAtMs }: { readonly earliestAtMs: number; readonly latestAtMs: number }, atMs: number): string {
  const [from, to] = [Math.max(0, earliestAtMs - atMs), Math.max(0, latestAtMs - atMs)];
  if (from <= 1_000) return `within ${formatSpan(Math.max(1_000, to))}`;
  return to - from <= 2_000 ? `in ${formatSpan(to)}` : `in ${formatSpan(from)} to ${formatSpan(to)}`;
}

/** Whole seconds: metrics and looks aren't finer. */
function formatSpan(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
