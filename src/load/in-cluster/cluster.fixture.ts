import type { Clock } from '../../tools/clock.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeEvent, KubeObject, Pod } from '../../tools/kube-objects.ts';
import type { InClusterOptions } from './job-run.ts';

/** A cluster in memory, as far as load jobs need one. */
export interface FakeCluster {
  readonly api: KubeApi;
  readonly created: KubeObject[];
  readonly patched: (readonly [path: string, patch: object])[];
  /** Names of the objects that were deleted, with their collection: `jobs/x`. */
  readonly deleted: string[];
  /** The job's pod at each look; the last one stays. None: there is no pod. */
  pods: Pod[];
  events: KubeEvent[];
  /** The pod's log, once for each time that it is asked for. */
  logs: ((signal: AbortSignal) => AsyncIterable<string>)[];
  /** Kind of objects that may not be made. */
  refusedKind: string | undefined;
  /** What happens when the job is deleted. */
  onDelete: () => void;
}

export const podName = 'price-api-load-abcde-fghij';

/** The job's pod, as it is when its container has started; `status` changes that. */
export function podWith(state: object, status: object = {}): Pod {
  const containerStatuses = [{ name: 'load', ready: false, restartCount: 0, state }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podName, creationTimestamp: new Date(0).toISOString() },
    spec: { containers: [{ name: 'load' }] },
    status: { phase: 'Pending', containerStatuses, ...status },
  };
}

export const runningPod = podWith({ running: {} });

/** Creates a cluster whose load pod runs. What it has no script for fails and says so. */
export function createFakeCluster(): FakeCluster {
  let looks = 0;
  const pod = () => cluster.pods[Math.min(looks, cluster.pods.length - 1)];
  const api: KubeApi = {
    context: 'fake',
    get: (path) => unscripted('get', path),
    apply: (path) => unscripted('apply', path),
    jsonPatch: (path) => unscripted('jsonPatch', path),
    text: (path) => unscripted('text', path),
    watch: (path) => unscripted('watch', path),
    // What comes over the wire is of no type that the compiler knows.
    async list(path, { labelSelector, fieldSelector }) {
      const job = cluster.created.find(({ kind }) => kind === 'Job');
      if (path.endsWith('/events') && fieldSelector === `involvedObject.kind=Job,involvedObject.name=${job?.metadata.name}`) return JSON.parse(JSON.stringify({ metadata: {}, items: cluster.events }));
      if (!path.endsWith('/pods') || labelSelector !== `pricectl.dev/load-job=${job?.metadata.name}`) return unscripted('list', path);
      const found = pod();
      looks += 1;
      return JSON.parse(JSON.stringify({ metadata: {}, items: found === undefined ? [] : [found] }));
    },
    async find(path) {
      if (!path.endsWith(`/pods/${podName}`)) return unscripted('find', path);
      const found = pod();
      return found === undefined ? undefined : JSON.parse(JSON.stringify(found));
    },
    async create(_path, object, signal) {
      signal.throwIfAborted();
      if (object.kind === cluster.refusedKind) throw new KubeApiError(403, 'Forbidden', 'not you');
      cluster.created.push(object);
      return { ...object, metadata: { ...object.metadata, uid: `uid of ${object.kind}` } };
    },
    async patch(path, patch) {
      cluster.patched.push([endOf(path), patch]);
      return { apiVersion: 'v1', kind: 'Patched', metadata: { name: 'x' } };
    },
    async delete(path) {
      cluster.deleted.push(endOf(path));
      if (path.includes('/jobs/')) cluster.onDelete();
      return true;
    },
    lines(path, signal) {
      const log = cluster.logs.shift();
      return path.endsWith(`/pods/${podName}/log?container=load&follow=true`) && log !== undefined ? log(signal) : unscripted('lines', path);
    },
  };
  const cluster: FakeCluster = { api, created: [], patched: [], deleted: [], pods: [runningPod], events: [], logs: [], refusedKind: undefined, onDelete: () => {} };
  return cluster;
}

/** A service on the cluster. */
export function serviceOn({ api }: FakeCluster, clock: Clock): InClusterOptions['service'] {
  return { identity: { target: 'kube', context: 'fake', namespace: 'pricectl', name: 'price-api' }, api: async () => api, clock };
}

function unscripted(method: string, path: string): never {
  throw new Error(`nobody expected ${method} ${path}`);
}

/** The last two parts of a path: `jobs/x`. */
function endOf(path: string): string {
  return path.split('/').slice(-2).join('/');
}
