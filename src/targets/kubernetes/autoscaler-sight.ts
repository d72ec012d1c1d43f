import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import { NegativeError } from '../../tools/errors.ts';
import type { HorizontalPodAutoscaler, KubeEvent, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { noMetricsApi } from './judge-metrics.ts';
import type { AutoscalerSight, Scale } from './judge-hpa-sight.ts';
import { servicePaths } from './service-objects.ts';

/** Which HPA is meant. */
export interface AutoscalerPlace {
  readonly namespace: string;
  readonly name: string;
}

/** What reading takes beside the API. */
export interface SightTools {
  readonly now: () => number;
  /** The known word that a word was probably meant to be. */
  readonly nearest: (word: string, known: readonly string[]) => string | undefined;
}

/**
 * Reads all that an HPA goes by, and changes nothing. What the user may not read is unknown, and said. Throws NegativeError
 * `PRICECTL_E_NO_AUTOSCALER` with near names when there is no such HPA, and what KubeApi throws for the HPA itself.
 */
export async function readSight(api: KubeApi, place: AutoscalerPlace, { now, nearest }: SightTools, signal: AbortSignal): Promise<AutoscalerSight> {
  const paths = servicePaths(place);
  const autoscaler = await api.find<HorizontalPodAutoscaler>(`${paths.autoscalers}/${place.name}`, signal);
  if (autoscaler === undefined) throw await noAutoscaler(api, place, nearest, signal);
  const denials: { readonly why: string; readonly without: string; readonly isInTheWay: boolean }[] = [];
  const orDenied = <T>(answer: Promise<T>, without: string, isInTheWay = true) => unlessDenied(answer, (why) => void denials.push({ why, without, isInTheWay }));
  const selector = `involvedObject.kind=HorizontalPodAutoscaler,involvedObject.name=${place.name}`;
  const [scale, events] = await Promise.all([
    orDenied(readScale(api, autoscaler, place, signal), 'how many replicas are set, and which pods count, is unknown'),
    orDenied(api.list<KubeEvent>(paths.events, { fieldSelector: selector }, signal), 'earlier scalings are unknown', false),
  ]);
  const labelSelector = scale?.status?.selector ?? '';
  const isSelecting = labelSelector !== '';
  const [pods, metrics] = await Promise.all([
    isSelecting ? orDenied(api.list<Pod>(paths.pods, { labelSelector }, signal), 'which pods count is unknown') : undefined,
    isSelecting ? readMetrics(orDenied(api.list<PodMetrics>(paths.podMetrics, { labelSelector }, signal), 'what the pods use is unknown')) : { metrics: undefined, failure: null },
  ]);
  const noPods = scale !== undefined && scale !== null && !isSelecting ? [] : undefined;
  return {
    context: api.context,
    autoscaler,
    scale,
    pods: pods?.items ?? noPods,
    podMetrics: metrics.metrics?.items ?? noPods,
    events: events?.items,
    whyUnknown: metrics.failure ?? denials.find(({ isInTheWay }) => isInTheWay)?.why ?? null,
    isMetricsApiFailing: metrics.failure !== null,
    denials: denials.map(({ why, without }) => `${why}: ${without}`),
    nowMs: now(),
  };
}

/** The metrics, or why the autoscaler gets none either. */
async function readMetrics<T>(answer: Promise<T>): Promise<{ readonly metrics: T | undefined; readonly failure: string | null }> {
  try {
    return { metrics: await answer, failure: null };
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    const failure = error.status === 404 ? noMetricsApi.text : 'the metrics API is down (metrics-server does not answer)';
    return { metrics: undefined, failure };
  }
}

/** Undefined for what the user may not read; says which verb on which resource it takes. */
async function unlessDenied<T>(answer: Promise<T>, onDenied: (why: string) => void): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 403) throw error;
    const wanted = /can-i (\S+ \S+)(?: --subresource (\S+))?(?: --namespace (\S+))?$/.exec(error.hints[0] ?? '');
    const [, what, sub, namespace] = wanted ?? [];
    onDenied(what === undefined ? `you may not read something (${error.message})` : `you may not ${what}${sub === undefined ? '' : `/${sub}`}${namespace === undefined ? '' : ` in namespace ${namespace}`}`);
    return undefined;
  }
}

/** What the API tells of one of its versions. */
interface ApiResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Kinds whose collections need no question. */
const knownCollections: Readonly<Record<string, string>> = { Deployment: 'deployments', ReplicaSet: 'replicasets', StatefulSet: 'statefulsets', ReplicationController: 'replicationcontrollers' };

/** The scale of what an HPA scales; null when that isn't there. */
async function readScale(api: KubeApi, { spec }: HorizontalPodAutoscaler, { namespace }: AutoscalerPlace, signal: AbortSignal): Promise<Scale | null> {
  const { apiVersion = 'v1', kind, name } = spec.scaleTargetRef;
  const version = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const known = /^(apps\/)?v1$/.test(apiVersion) ? knownCollections[kind] : undefined;
  const collection = known ?? (await api.find<ApiResourceList>(version, signal))?.resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))?.name;
  if (collection === undefined) return null;
  return (await api.find<Scale>(`${version}/namespaces/${namespace}/${collection}/${name}/scale`, signal)) ?? null;
}

async function noAutoscaler(api: KubeApi, { namespace, name }: AutoscalerPlace, nearest: SightTools['nearest'], signal: AbortSignal): Promise<NegativeError> {
  const all = await unlessDenied(api.list<HorizontalPodAutoscaler>('/apis/autoscaling/v2/horizontalpodautoscalers', {}, signal), () => {});
  const own = all ?? (await unlessDenied(api.list<HorizontalPodAutoscaler>(servicePaths({ namespace }).autoscalers, {}, signal), () => {}));
  const items = own?.items.map(({ metadata }) => metadata) ?? [];
  const here = items.filter((one) => one.namespace === namespace).map((one) => one.name);
  const elsewhere = items.filter((one) => one.namespace !== namespace && one.name === name).map((one) => `--namespace ${one.namespace}`);
  const near = nearest(name, here);
  const hints = [
    ...(near === undefined ? [] : [`did you mean ${near}?`]),
    ...elsewhere.slice(0, 3).map((flag) => `there is one with ${flag}`),
    ...(near !== undefined || here.length === 0 ? [] : [`in this namespace: ${here.slice(0, 10).join(', ')}`]),
  ];
  return new NegativeError('PRICECTL_E_NO_AUTOSCALER', `there is no HPA ${name} in namespace ${namespace}`, { hints });
}
