import type { KubeContainer, KubeNode, Pod } from '../../tools/kube-objects.ts';
import { formatMemory, toBytes, toMillicores } from './judge-quantity.ts';

/** What one replica requests. */
export interface ReplicaRequest {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

/** CPU, memory and places for pods. */
interface Room {
  readonly millicores: number;
  readonly bytes: number;
  readonly pods: number;
}

/** Pods that a rollout makes beyond those that are wanted. */
const surge = 1;

/** Effects of a taint that keep a pod away which tolerates none. */
const repelling: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);

/** How many replicas find a place on the nodes, each node for itself. `others` are all pods of the cluster but the service's own. */
export function countFitting(nodes: readonly KubeNode[], others: readonly Pod[], request: ReplicaRequest): number {
  return nodes.filter((node) => isOpen(node)).reduce((sum, node) => sum + countOnNode(node, others.filter(({ spec }) => spec.nodeName === node.metadata.name), request), 0);
}

/** Whether there are nodes that take pods, and none of them could hold one replica even if nothing else ran there. */
export function fitsNowhere(nodes: readonly KubeNode[], request: ReplicaRequest): boolean {
  const open = nodes.filter((node) => isOpen(node));
  return open.length > 0 && open.every((node) => countOnNode(node, [], request) === 0);
}

/**
 * What to say before `max` replicas are asked for; undefined when they and the one more of a rollout find a place. The autoscaler then gets fewer
 * than it asks for, or a rollout waits.
 */
export function describeShortfall(fitting: number, max: number, request: ReplicaRequest): string | undefined {
  if (fitting >= max + surge) return undefined;
  const each = `each requests ${describeRequest(request)}`;
  if (fitting >= max) return `the nodes have room for ${max} replicas and no more (${each}): a rollout at that number waits for a place for its extra pod`;
  return `the nodes have room for ${fitting} of at most ${max} replicas (${each}): a lower --max or --cpu-request fits`;
}

/** What a replica requests, in words: `100m CPU and 128Mi`. */
export function describeRequest({ cpuMillicores, memoryBytes }: ReplicaRequest): string {
  return `${cpuMillicores}m CPU and ${formatMemory(memoryBytes)}`;
}

/** Ready, not cordoned, and without a taint that a plain pod doesn't tolerate. */
function isOpen({ spec, status }: KubeNode): boolean {
  const isReady = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  return isReady && spec.unschedulable !== true && !(spec.taints ?? []).some(({ effect }) => repelling.has(effect));
}

function countOnNode({ status }: KubeNode, pods: readonly Pod[], { cpuMillicores, memoryBytes }: ReplicaRequest): number {
  const running = pods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  const used = running.map((pod) => requestsOf(pod)).reduce(add, { millicores: 0, bytes: 0, pods: 0 });
  const { cpu, memory, pods: places } = status?.allocatable ?? {};
  const fitting = [
    ((toMillicores(cpu) ?? 0) - used.millicores) / cpuMillicores,
    ((toBytes(memory) ?? 0) - used.bytes) / memoryBytes,
    (toBytes(places) ?? 0) - used.pods,
  ];
  return Math.max(0, Math.floor(Math.min(...fitting)));
}

function add(a: Room, b: Room): Room {
  return { millicores: a.millicores + b.millicores, bytes: a.bytes + b.bytes, pods: a.pods + b.pods };
}

/**
 * What the scheduler reckons with (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers):
 * containers and those that run beside them, or what the start takes if that is more, and the overhead.
 */
function requestsOf({ spec }: Pod): Room {
  const starting = spec.initContainers ?? [];
  const beside = starting.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const running = [...spec.containers, ...beside];
  const total = (resource: string, parse: typeof toBytes) => {
    const of = ({ resources }: Pick<KubeContainer, 'resources'>) => parse(resources?.requests?.[resource]) ?? 0;
    const sum = running.reduce((all, container) => all + of(container), 0);
    const peak = Math.max(0, ...starting.map((container, index) => of(container) + starting.slice(0, index).reduce((all, other) => all + (other.restartPolicy === 'Always' ? of(other) : 0), 0)));
    return Math.max(sum, peak) + (parse(spec.overhead?.[resource]) ?? 0);
  };
  return { millicores: total('cpu', toMillicores), bytes: total('memory', toBytes), pods: 1 };
}
