import type { ExplainedMetric } from '../../autoscale/explanation.ts';
import { isWithinTolerance } from '../../autoscale/recommend.ts';
import type { HpaMetric, HpaMetricValue, HpaNamedMetric, Pod } from '../../tools/kube-objects.ts';
import { blankMetric, type MetricsView, roundOff, toBand } from './judge-hpa-view.ts';
import { findCondition } from './judge-pod.ts';
import { parseQuantity } from './judge-quantity.ts';

/**
 * A metric that only the autoscaler reads: of pods, of an object, or external. Its value is what the autoscaler last read, and so the wish that follows
 * is that of its last look (Kubernetes 1.36: pkg/controller/podautoscaler/replica_calculator.go, GetMetricReplicas and those for objects and external ones).
 */
export function judgeNamedMetric(view: MetricsView, metric: HpaMetric, index: number): ExplainedMetric {
  const wanted = sourceOf(metric);
  const blank = blankMetric(metric.type, nameOf(metric));
  if (wanted === undefined) return { ...blank, problem: `metrics of type ${metric.type} are unknown to pricectl` };
  const target = valueOf(wanted.target);
  const known = { ...blank, ...toBand(target ?? null, view.tolerance) };
  const said = readStatus(view, metric, index);
  const current = valueOf(said);
  if (current === undefined || target === undefined || target === 0) return { ...known, problem: 'only the autoscaler reads it, and its status tells no value' };
  const wish = computeWish(view, metric, said?.averageValue !== undefined, current / target);
  const problem = wish === null ? (view.whyUnknown ?? 'the pods are unknown') : null;
  return { ...known, current, wish, problem, source: 'status' };
}

function computeWish(view: MetricsView, { type }: HpaMetric, isAverage: boolean, ratio: number): number | null {
  const { currentReplicas, statusReplicas, pods, tolerance } = view;
  if (currentReplicas > 0 && isWithinTolerance(ratio, tolerance)) return isAverage && type !== 'Pods' ? statusReplicas : currentReplicas;
  // What all of them share is divided by the replicas that there are; what is told as a whole grows with the pods that are ready.
  if (isAverage && type !== 'Pods') return Math.ceil(roundOff(ratio * statusReplicas));
  if (currentReplicas === 0) return Math.ceil(roundOff(ratio));
  return pods === undefined ? null : Math.ceil(roundOff(ratio * pods.filter(isReadyAndRunning).length));
}

function isReadyAndRunning(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && findCondition(pod, 'Ready')?.status === 'True';
}

function sourceOf({ pods, object, external }: HpaMetric): HpaNamedMetric | undefined {
  return pods ?? object ?? external;
}

/** The autoscaler tells its metrics in the order in which they are specified; one that it couldn't read is left empty. */
function readStatus({ autoscaler }: MetricsView, metric: HpaMetric, index: number): HpaMetricValue | undefined {
  const said = autoscaler.status?.currentMetrics?.[index];
  const source = said === undefined || said.type !== metric.type ? undefined : sourceOf(said);
  return source?.metric.name === sourceOf(metric)?.metric.name ? source?.current : undefined;
}

function valueOf(value: HpaMetricValue | undefined): number | undefined {
  const quantity = value?.averageValue ?? value?.value;
  return quantity === undefined ? undefined : parseQuantity(quantity);
}

function nameOf(metric: HpaMetric): string {
  const source = sourceOf(metric);
  const kind = metric.pods !== undefined ? 'pods metric' : metric.external !== undefined ? 'external metric' : 'metric';
  const of = source?.describedObject === undefined ? '' : ` of ${source.describedObject.kind} ${source.describedObject.name}`;
  return `${kind} ${source?.metric.name ?? metric.type}${of}`;
}
