import type { ExplainedMetric } from '../../autoscale/explanation.ts';
import { DEFAULT_READINESS_DELAYS, type PodSample } from '../../autoscale/pods.ts';
import { recommendByAverage } from '../../autoscale/recommend-average.ts';
import { recommendReplicas, type MetricFailure } from '../../autoscale/recommend.ts';
import type { HpaMetric, Pod } from '../../tools/kube-objects.ts';
import { findMissingRequest, type MeasuredResource, toMilli, toResourceSample } from './judge-hpa-samples.ts';
import { explainPods } from './judge-hpa-pods.ts';
import { judgeNamedMetric } from './judge-hpa-named.ts';
import { blankMetric, type MetricsView, toBand } from './judge-hpa-view.ts';

/** Each metric of an autoscaler: computed from the pods where it is one of theirs, else taken from what the autoscaler last read. */
export function judgeMetrics(view: MetricsView): readonly ExplainedMetric[] {
  return (view.autoscaler.spec.metrics ?? []).map((metric, index) => {
    const { resource, containerResource } = metric;
    if (resource !== undefined) return judgeResource(view, metric, { resource: resource.name, container: null });
    if (containerResource !== undefined) return judgeResource(view, metric, { resource: containerResource.name, container: containerResource.container });
    return judgeNamedMetric(view, metric, index);
  });
}

function judgeResource(view: MetricsView, metric: HpaMetric, measured: MeasuredResource): ExplainedMetric {
  const blank = blankMetric(metric.type, nameOf(measured));
  const target = (metric.resource ?? metric.containerResource)?.target;
  const { pods, podMetrics, whyUnknown } = view;
  const byAverage = toMilli(target?.averageValue);
  const unit = byAverage === undefined ? 'percent' : measured.resource === 'memory' ? 'bytes' : 'millicores';
  const scale = unit === 'bytes' ? 1_000 : 1;
  const wanted = byAverage === undefined ? target?.averageUtilization : byAverage;
  const known = { ...blank, unit, ...toBand(wanted === undefined ? null : wanted / scale, view.tolerance) } as const;
  if (wanted === undefined) return { ...known, problem: 'its target is neither a utilization nor an average value', isFailing: true };
  if (pods === undefined || podMetrics === undefined) {
    return { ...known, ...readStatus(view, metric), problem: whyUnknown ?? 'pods and metrics are unknown', isFailing: view.isMetricsApiFailing };
  }
  const ofPod = new Map(podMetrics.map((metrics) => [metrics.metadata.name, metrics]));
  const samples = pods.map((pod) => toResourceSample(pod, ofPod.get(pod.metadata.name), measured));
  const computed = byAverage === undefined ? byUtilization(view, samples, wanted, measured) : byAverageValue(view, samples, wanted, measured, scale);
  if ('failure' in computed) return { ...known, pods: explainPods(computed.pods, samples, measured, view.nowMs), problem: describeFailure(computed.failure, pods, measured), isFailing: true };
  const explained = explainPods(computed.pods, samples, measured, view.nowMs);
  const windowMs = samples.reduce((widest, { cpu }) => Math.max(widest, cpu?.windowMs ?? 0), 0);
  return { ...known, ...computed, source: 'recomputed', pods: explained, windowMs };
}

function byUtilization({ currentReplicas, tolerance, nowMs }: MetricsView, samples: readonly PodSample[], target: number, { resource }: MeasuredResource) {
  const result = recommendReplicas({ nowMs, currentReplicas, cpuTarget: target, pods: samples }, tolerance, delaysOf(resource));
  if (result.kind === 'failed') return result;
  const { utilization, corrected, replicas: wish, keptBy, metricAgeMs: ageMs, pods } = result;
  return { current: utilization.percent, corrected: corrected?.percent ?? null, wish, keptBy, ageMs, pods, missingCountedAs: corrected?.missingPercent ?? null, unreadyCountedAsIdle: corrected?.unreadyPercent === 0 };
}

function byAverageValue({ currentReplicas, tolerance, nowMs }: MetricsView, samples: readonly PodSample[], target: number, { resource }: MeasuredResource, scale: number) {
  const result = recommendByAverage({ nowMs, currentReplicas, target, pods: samples }, tolerance, delaysOf(resource));
  if (result.kind === 'failed') return result;
  const { measured, corrected, replicas: wish, keptBy, metricAgeMs: ageMs, pods, missingUsage } = result;
  const hasUnready = corrected !== null && measured.ratio > 1 && pods.some(({ group }) => group === 'unready');
  const unscaled = (value: number | null | undefined) => (value === null || value === undefined ? null : value / scale);
  return { current: measured.average / scale, corrected: unscaled(corrected?.average), wish, keptBy, ageMs, pods, missingCountedAs: unscaled(missingUsage), unreadyCountedAsIdle: hasUnready };
}

/** What the autoscaler last read. */
function readStatus({ autoscaler }: MetricsView, metric: HpaMetric): Partial<ExplainedMetric> {
  const index = autoscaler.spec.metrics?.indexOf(metric) ?? -1;
  const said = autoscaler.status?.currentMetrics?.[index];
  const percent = (said?.resource ?? said?.containerResource)?.current?.averageUtilization;
  return percent === undefined ? {} : { current: percent, source: 'status' };
}

/** Readiness is looked at for CPU only. */
function delaysOf(resource: string) {
  return resource === 'cpu' ? DEFAULT_READINESS_DELAYS : null;
}

function nameOf({ resource, container }: MeasuredResource): string {
  const name = resource === 'cpu' ? 'CPU' : resource;
  return container === null ? name : `${name} of container ${container}`;
}

function describeFailure(failure: MetricFailure, pods: readonly Pod[], measured: MeasuredResource): string {
  switch (failure) {
    case 'no-pods':
      return 'there are no pods to measure';
    case 'no-metrics':
      return 'the pods have not been measured yet';
    case 'pods-unready':
      return 'none of the measured pods counts yet';
    case 'missing-request': {
      const [missing] = pods.flatMap((pod) => findMissingRequest(pod, measured) ?? []);
      const what = missing?.container === null || missing === undefined ? '' : `container ${missing.container} of `;
      return measured.container !== null && missing?.container === null ? `${missing.pod} has no container ${measured.container}` : `${what}${missing?.pod ?? 'a pod'} requests no ${measured.resource}`;
    }
    case 'zero-request':
      return `the pods request no ${measured.resource}`;
  }
}
