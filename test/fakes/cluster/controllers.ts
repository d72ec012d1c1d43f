import { createHash } from 'node:crypto';
import type { ConfigMap, Deployment, HorizontalPodAutoscaler, Pod } from '../../../src/tools/kube-objects.ts';
import type { Store, Stored } from './store.ts';

/** How long things stay as they are where nobody watches. */
const mostIdleMs = 300;

/** What Kubernetes does by itself, in a moment: pods for a Deployment, readings for an autoscaler, a list of prices for each pod. */
export class Controllers {
  readonly #store: Store;
  /** What each pod serves: as it was when the pod began, or when it was last told to look. */
  readonly served = new Map<string, string>();

  #pending: (() => void)[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** Does what is to be done: who watches has seen that it isn't done yet. */
  onWatch(): void {
    for (const work of this.#pending.splice(0)) work();
  }

  /** At once when somebody watches, else when nobody seems to. */
  #later(work: () => void): void {
    this.#pending.push(work);
    setTimeout(() => this.onWatch(), mostIdleMs).unref();
  }

  /** Does what follows from an object that was written. */
  onWrite(path: string, object: Stored): void {
    const [, core, namespace = ''] = /^(.*)\/namespaces\/([^/]+)/.exec(path) ?? [];
    if (object.kind === 'Namespace') {
      this.#store.put(`${path}/configmaps/kube-root-ca.crt`, plain('ConfigMap', 'kube-root-ca.crt', namespace));
      this.#store.put(`${path}/serviceaccounts/default`, plain('ServiceAccount', 'default', namespace));
    }
    if (object.kind === 'Deployment') this.#later(() => this.#roll(path));
    if (object.kind === 'HorizontalPodAutoscaler') {
      this.#read(path, asIts<HorizontalPodAutoscaler>(object));
      this.#later(() => this.#raise(path));
    }
    if (object.kind === 'Pod' && core !== undefined) this.#look(asIts<Pod>(object));
  }

  /** Does what follows from an object that was deleted. */
  onRemove(path: string, object: Stored): void {
    const isOwn = ([other, { metadata }]: readonly [string, Stored]) => other.startsWith(`${path}/`) || metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid);
    const inNamespace = ([other]: readonly [string, Stored]) => object.kind === 'Namespace' && other.includes(`/namespaces/${object.metadata.name}/`);
    for (const [other, owned] of [...this.#store.objects].filter((entry) => isOwn(entry) || inNamespace(entry))) {
      this.#drop(other, owned);
    }
  }

  #roll(path: string): void {
    const found = this.#store.find(path);
    if (found === undefined || path.includes('/kube-system/')) return;
    const deployment = asIts<Deployment>(found);
    const { name, namespace = '' } = deployment.metadata;
    const { template, replicas = 1 } = deployment.spec;
    const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 8);
    const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas };
    const revision = { 'deployment.kubernetes.io/revision': hash };
    const stored = this.#store.put(path, {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, ...revision } },
      status: { ...counts, updatedReplicas: replicas, observedGeneration: deployment.metadata.generation ?? 1 },
    });
    const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
    const sets = path.replace(/deployments\/[^/]+$/, 'replicasets');
    for (const [other, set] of this.#store.objects) if (other.startsWith(`${sets}/${name}-`) && !other.endsWith(hash)) this.#drop(other, set);
    const set = this.#store.put(`${sets}/${name}-${hash}`, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: `${name}-${hash}`, namespace, labels: { ...deployment.metadata.labels, ...labels }, annotations: revision, ownerReferences: ownedBy(stored) },
      spec: { replicas },
      status: counts,
    });
    for (let index = 0; index < replicas; index++) {
      const pod = `${name}-${hash}-${index}`;
      if (this.#store.find(`/api/v1/namespaces/${namespace}/pods/${pod}`) !== undefined) continue;
      this.#store.put(`/api/v1/namespaces/${namespace}/pods/${pod}`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod, namespace, labels, ownerReferences: ownedBy(set) },
        spec: { ...template.spec, nodeName: 'node' },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [{ name: 'api', ready: true, started: true, restartCount: 0, state: { running: { startedAt: new Date().toISOString() } } }],
        },
      });
      this.served.set(pod, this.#prices(namespace, name));
    }
  }

  #drop(path: string, object: Stored): void {
    this.#store.remove(path);
    this.onRemove(path, object);
  }

  #read(path: string, autoscaler: HorizontalPodAutoscaler): void {
    const current = { averageUtilization: 5, averageValue: '5m' };
    this.#store.put(path, {
      ...autoscaler,
      status: {
        currentReplicas: autoscaler.spec.minReplicas ?? 1,
        desiredReplicas: autoscaler.spec.minReplicas ?? 1,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current } }],
        conditions: [{ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' }],
      },
    });
  }

  /** An autoscaler's first look brings the replicas to its minimum. */
  #raise(path: string): void {
    const autoscaler = this.#store.find(path);
    const scaled = path.replace('/apis/autoscaling/v2', '/apis/apps/v1').replace('horizontalpodautoscalers', 'deployments');
    const found = this.#store.find(scaled);
    if (autoscaler === undefined || found === undefined) return;
    const { minReplicas = 1 } = asIts<HorizontalPodAutoscaler>(autoscaler).spec;
    const { spec } = asIts<Deployment>(found);
    if ((spec.replicas ?? 1) < minReplicas) this.onWrite(scaled, this.#store.put(scaled, { ...found, spec: { ...spec, replicas: minReplicas } }));
  }

  /** A pod whose annotation changed has its volumes brought up to date. */
  #look({ metadata: { name, namespace = '', labels } }: Pod): void {
    this.served.set(name, this.#prices(namespace, labels?.['app.kubernetes.io/instance'] ?? ''));
  }

  #prices(namespace: string, name: string): string {
    const found = this.#store.find(`/api/v1/namespaces/${namespace}/configmaps/${name}-prices`);
    return (found && asIts<ConfigMap>(found).metadata.annotations?.['pricectl.dev/prices']) ?? '{}';
  }
}

function ownedBy({ kind, metadata }: Stored) {
  return [{ kind, name: metadata.name, uid: metadata.uid ?? '' }];
}

function plain(kind: string, name: string, namespace: string): Stored {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

/** What was sent, stored or put there by a test is what its kind or place says. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type
export function asIts<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only our own requests come here
  return value as T;
}
