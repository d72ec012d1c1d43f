import { waitUntil } from '../../tools/clock.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import type { DownOptions, Step, StepContext, StepReport } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { testRunsPath } from './manifest-test-run.ts';
import { removeNamespace } from './namespace-removal.ts';
import { isReachable } from './running-settings.ts';
import { ownSelector, servicePaths } from './service-objects.ts';

/** A pod has 30 s to end; a busy node takes longer to say so. */
const removalTimeoutMs = 120_000;

/** The steps of `down`: the objects, the namespace if it is ours and empty, what this machine remembers. A cluster that goes takes all of that with it. */
export function downSteps(parts: ClusterParts, { cluster }: DownOptions): readonly Step[] {
  const state: Step = { title: 'state', run: () => removeRecord(parts) };
  if (cluster) return [...parts.platform.removeSteps(), state];
  return [
    { title: 'objects', run: (context) => onCluster(parts, context, removeObjects) },
    { title: 'namespace', run: (context) => onCluster(parts, context, ({ service }, { signal, progress }) => removeNamespace(service, { signal, progress })) },
    state,
  ];
}

type Removal = (parts: ClusterParts, context: StepContext) => Promise<StepReport>;

/** Does nothing on a cluster that is gone, and leads the kubeconfig to one that it misses. Throws EnvironmentError for one that is only stopped: what is in it would come back. */
async function onCluster(parts: ClusterParts, context: StepContext, remove: Removal): Promise<StepReport> {
  if (await isReachable(parts, context.signal)) return remove(parts, context);
  const whereabouts = await parts.platform.whereabouts(context.signal);
  if (whereabouts === 'gone') return { outcome: 'skipped', detail: 'the cluster is gone' };
  if (whereabouts === 'misconfigured') {
    await parts.platform.mendAccess(context.signal);
    return remove(parts, context);
  }
  const { context: name, namespace } = parts.service.identity;
  if ((await parts.record.read()) === undefined) return { outcome: 'skipped', detail: `the cluster ${name ?? ''} is stopped, and nothing was brought up` };
  throw new EnvironmentError('PRICECTL_E_CLUSTER_STOPPED', `the cluster ${name ?? ''} is stopped: what is in namespace ${namespace} can't be removed`, {
    hints: [`start it: minikube start --profile ${name ?? ''}`, 'or delete it: pricectl down --cluster'],
  });
}

/** The autoscaler goes first, so that it doesn't work against the rest; then whoever makes pods; then what pods use. */
async function removeObjects({ service }: ClusterParts, { signal, progress }: StepContext): Promise<StepReport> {
  const api = await service.api(signal);
  const paths = servicePaths(service.identity);
  const order = [
    [paths.autoscalers],
    // The TestRuns before their Jobs, which their operator would make anew.
    [testRunsPath(service.identity.namespace)],
    [paths.jobs, paths.deployments, paths.services, paths.disruptionBudgets],
    // Kubernetes deletes a Deployment's ReplicaSets some time after it; until then the namespace isn't empty.
    [paths.replicaSets, paths.pods, paths.networkPolicies, paths.configMaps, paths.serviceAccounts],
  ];
  const selection = { labelSelector: ownSelector(service.identity.name) };
  let count = 0;
  for (const collections of order) {
    const removed = await Promise.all(collections.map((path) => removeCollection(api, path, selection, signal)));
    count += removed.reduce((sum, number) => sum + number, 0);
    await waitUntil({
      poll: async () => (await Promise.all(collections.map((path) => names(api, path, selection, signal)))).flat(),
      isDone: (left) => {
        if (left.length > 0) progress(`waits for ${left.length} to be gone: ${left.slice(0, 3).join(', ')}`);
        return left.length === 0;
      },
      describe: (left) => `${(left ?? []).join(', ')} ${left?.length === 1 ? 'is' : 'are'} still there`,
      everyMs: 250,
      timeoutMs: removalTimeoutMs,
      signal,
      clock: service.clock,
    });
  }
  return count === 0 ? { outcome: 'skipped', detail: 'there are none' } : { outcome: 'done', detail: `${count} are gone` };
}

type Selection = { readonly labelSelector: string };

async function removeCollection(api: KubeApi, path: string, selection: Selection, signal: AbortSignal): Promise<number> {
  const found = await names(api, path, selection, signal);
  const removed = await Promise.all(found.map((name) => api.delete(`${path}/${name}`, signal)));
  return removed.filter(Boolean).length;
}

/** None in an API that the cluster doesn't have. Who may not ask for TestRuns has made none; whether the cluster knows them isn't told to them. */
async function names(api: KubeApi, path: string, { labelSelector }: Selection, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const list = await api.find<{ items: readonly KubeObject[] }>(`${path}?labelSelector=${encodeURIComponent(labelSelector)}`, signal);
    return (list?.items ?? []).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403 && path.endsWith('/testruns')) return [];
    throw error;
  }
}

async function removeRecord({ record }: ClusterParts): Promise<StepReport> {
  return (await record.remove()) ? { outcome: 'done', detail: 'what this machine knew of it is removed' } : { outcome: 'skipped', detail: 'there is none' };
}
