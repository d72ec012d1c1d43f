import { gunzipSync, gzipSync } from 'node:zlib';
import type { AutoscalerSight } from '../../src/targets/kubernetes/judge-hpa-sight.ts';
import type { KubeObject, Pod, PodSpec } from '../../src/tools/kube-objects.ts';

/** What of a sight changes from moment to moment. */
const parts = ['autoscaler', 'scale', 'pods', 'podMetrics', 'events'] as const;

/** Recorded moments as gzipped JSON lines: each holds its time, and the parts that changed since the one before. */
export function encodeRecord(sights: readonly AutoscalerSight[]): Buffer {
  const last = new Map<string, string>();
  const lines = sights.map((sight) => {
    const compact = compactSight(sight);
    const changed = parts.flatMap((part) => {
      const text = JSON.stringify(compact[part] ?? null);
      if (last.get(part) === text) return [];
      last.set(part, text);
      return [[part, compact[part] ?? null] as const];
    });
    return JSON.stringify({ nowMs: sight.nowMs, ...Object.fromEntries(changed) });
  });
  return gzipSync(`${lines.join('\n')}\n`, { level: 9 });
}

/** The moments of a record. */
export function decodeRecord(record: Buffer): readonly AutoscalerSight[] {
  const base = { context: 'recorded', whyUnknown: null, isMetricsApiFailing: false, denials: [] };
  let last: Partial<AutoscalerSight> = base;
  return gunzipSync(record)
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      last = { ...last, ...JSON.parse(line) };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the first line holds all of it
      return last as AutoscalerSight;
    });
}

/** What explanations read of it: no more is kept. */
function compactSight(sight: AutoscalerSight): AutoscalerSight {
  const { autoscaler, events } = sight;
  const { managedFields, ...metadata } = identify(autoscaler);
  const looks = (managedFields ?? []).filter(({ subresource }) => subresource === 'status').map(({ subresource, time }) => ({ subresource: subresource ?? '', time: time ?? '' }));
  return {
    ...sight,
    autoscaler: { ...autoscaler, metadata: { ...metadata, managedFields: looks } },
    scale: sight.scale && { ...sight.scale, metadata: identify(sight.scale) },
    pods: sight.pods?.map(compactPod),
    podMetrics: sight.podMetrics?.map((metrics) => ({ ...metrics, metadata: { name: metrics.metadata.name } })),
    events: events?.filter(({ reason }) => reason === 'SuccessfulRescale').map((event) => ({ ...event, metadata: { name: event.metadata.name } })),
  };
}

function identify({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace, uid, creationTimestamp, managedFields } = metadata;
  return { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }), ...(creationTimestamp === undefined ? {} : { creationTimestamp }), ...(managedFields === undefined ? {} : { managedFields }) };
}

function compactPod(pod: Pod): Pod {
  const { name, deletionTimestamp } = pod.metadata;
  const { phase, startTime, conditions = [] } = pod.status ?? {};
  const spec: PodSpec = { containers: pod.spec.containers.map(({ name, resources }) => ({ name, ...(resources === undefined ? {} : { resources }) })) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    spec,
    status: { ...(phase === undefined ? {} : { phase }), ...(startTime === undefined ? {} : { startTime }), conditions: conditions.filter(({ type }) => type === 'Ready') },
  };
}
