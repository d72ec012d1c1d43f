import { KubeApiError } from '../../tools/kube-api.ts';
import { NegativeError, TimeoutError } from '../../tools/errors.ts';
import type { KubeList, KubeNode, Pod } from '../../tools/kube-objects.ts';
import type { ClusterService } from './cluster-service.ts';
import { countFitting, describeRequest, describeShortfall, fitsNowhere, type ReplicaRequest } from './judge-capacity.ts';
import { podLabels } from './service-objects.ts';

/** Most nodes and pods that are looked at: more are hundreds of megabytes, for the sake of a warning. */
const mostNodes = 500;
const mostPods = 5_000;

/** Whose replicas are to find a place, and where. */
export type CapacityOptions = Pick<ClusterService, 'identity' | 'api'>;

/**
 * Looks whether the cluster's nodes hold `max` replicas and the one more that a rollout makes; a warning with the number that fits when they don't.
 * Undefined when they do, and when that can't be known: nodes or other namespaces' pods may not be read, which is usual on a shared cluster, or are
 * too many to be looked at. Throws NegativeError `PRICECTL_E_NO_NODE_HOLDS` when our minikube's node couldn't hold a single replica if it were empty
 * (another cluster may get larger nodes on demand), and what else KubeApi throws.
 */
export async function checkCapacity(service: CapacityOptions, max: number, request: ReplicaRequest, signal: AbortSignal): Promise<string | undefined> {
  const api = await service.api(signal);
  try {
    const [nodes, pods] = await Promise.all([
      api.list<KubeNode>('/api/v1/nodes', { limit: mostNodes }, signal),
      api.list<Pod>('/api/v1/pods', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', limit: mostPods }, signal),
    ]);
    if (isPart(nodes) || isPart(pods)) return undefined;
    if (service.identity.target === 'minikube' && fitsNowhere(nodes.items, request)) throw nothingHolds(request);
    const others = pods.items.filter((pod) => !isOwnPod(service, pod));
    return describeShortfall(countFitting(nodes.items, others, request), max, request);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TimeoutError || (error instanceof KubeApiError && error.status === 403)) return undefined;
    throw error;
  }
}

/** Whether a list has not all that there is. The API leaves `continue` out or empty where it does. */
function isPart({ metadata }: KubeList<unknown>): boolean {
  return metadata.continue !== undefined && metadata.continue !== '';
}

function nothingHolds(request: ReplicaRequest): NegativeError {
  return new NegativeError('PRICECTL_E_NO_NODE_HOLDS', `the cluster's node can't hold a single replica, even if nothing else ran there: it requests ${describeRequest(request)}`, {
    hints: ['a lower --cpu-request, such as 100m', 'or a larger node: pricectl down --cluster, then pricectl up --cpus N --memory 8g'],
  });
}

function isOwnPod({ identity }: CapacityOptions, { metadata }: Pod): boolean {
  const isServer = Object.entries(podLabels(identity.name)).every(([key, value]) => metadata.labels?.[key] === value);
  return isServer && metadata.namespace === identity.namespace;
}
