import type { KubeObject } from '../../tools/kube-objects.ts';
import type { ServiceIdentity } from '../target.ts';

/** Value of `app.kubernetes.io/managed-by` on all that we make, and our field manager. */
export const manager = 'pricectl';

/** Label that says who made an object. */
export const managedByLabel = 'app.kubernetes.io/managed-by';
const instanceLabel = 'app.kubernetes.io/instance';

/** Annotation of a Deployment with the service's settings as JSON: what the next `up` goes on from. */
export const settingsAnnotation = 'pricectl.dev/settings';

/** Annotation of a ConfigMap with what its price list is (`PriceData` as JSON). */
export const pricesAnnotation = 'pricectl.dev/prices';

/** Annotation of a pod whose change makes its kubelet look at mounted ConfigMaps at once; the SHA-256 that the pod is to serve. */
export const pushedAnnotation = 'pricectl.dev/pushed-prices';

/** Port on which the server listens in its pod. */
export const containerPort = 5_000;

/** Name of the server's container. */
export const containerName = 'api';

/** Key of the price list in its ConfigMap, and name of its file in the pod. */
export const pricesKey = 'prices.txt';

/** Folder in the pod that the ConfigMap is mounted at. */
export const pricesFolder = '/etc/pricectl/prices';

/** Labels that say whose an object is: `down` selects on both. */
export function ownLabels(name: string): Readonly<Record<string, string>> {
  return { [managedByLabel]: manager, [instanceLabel]: name };
}

/** Label selector of all objects of a service. */
export function ownSelector(name: string): string {
  return Object.entries(ownLabels(name))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Labels that select the server's pods, and no other pods of the service (`load` jobs). Immutable once deployed. */
export function podLabels(name: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'price-api', [instanceLabel]: name, 'app.kubernetes.io/component': 'server' };
}

/** Label selector of the server's pods. */
export function podSelector(name: string): string {
  return Object.entries(podLabels(name))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Whether an object is that service's own. */
export function isOwn(object: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } }, name: string): boolean {
  const labels = object.metadata.labels ?? {};
  return Object.entries(ownLabels(name)).every(([key, value]) => labels[key] === value);
}

/** Name of the ConfigMap with the prices of a service. */
export function pricesName(name: string): string {
  return `${name}-prices`;
}

/** API paths of a service's collections; an object's own path is `<collection>/<name>`. */
export function servicePaths({ namespace }: Pick<ServiceIdentity, 'namespace'>) {
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  return {
    namespace: core,
    configMaps: `${core}/configmaps`,
    events: `${core}/events`,
    pods: `${core}/pods`,
    serviceAccounts: `${core}/serviceaccounts`,
    services: `${core}/services`,
    deployments: `${apps}/deployments`,
    replicaSets: `${apps}/replicasets`,
    autoscalers: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    disruptionBudgets: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    networkPolicies: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    podMetrics: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
  } as const;
}

/** Collections by kind: the path of an object is that of its collection and its name. Throws Error for a kind that we don't make. */
export function objectPath({ kind, metadata }: KubeObject): string {
  const { name, namespace = '' } = metadata;
  const paths = servicePaths({ namespace });
  const collections: Readonly<Record<string, string>> = {
    ConfigMap: paths.configMaps,
    Deployment: paths.deployments,
    HorizontalPodAutoscaler: paths.autoscalers,
    Job: paths.jobs,
    Namespace: '/api/v1/namespaces',
    NetworkPolicy: paths.networkPolicies,
    Pod: paths.pods,
    PodDisruptionBudget: paths.disruptionBudgets,
    Service: paths.services,
    ServiceAccount: paths.serviceAccounts,
  };
  const collection = collections[kind];
  if (collection === undefined) throw new Error(`there is no path for objects of kind ${kind}`);
  return `${collection}/${name}`;
}
