import { waitUntil } from '../../tools/clock.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import type { StepContext } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { managedByLabel, manager, servicePaths } from './service-objects.ts';

/** A namespace that goes takes its time to be empty. */
const terminationTimeoutMs = 120_000;

/**
 * Whether the service's namespace is ours: one that we made, or will make because there is none. Waits for one that is being deleted to be gone.
 * Throws TimeoutError when it stays.
 */
export async function ownsNamespace(service: ClusterService, { signal, progress }: StepContext): Promise<boolean> {
  const api = await service.api(signal);
  const { namespace } = service.identity;
  const found = await waitUntil({
    poll: () => api.find<KubeObject>(servicePaths(service.identity).namespace, signal),
    isDone: (object) => {
      const isGoing = object?.metadata.deletionTimestamp !== undefined;
      if (isGoing) progress(`waits for the old namespace ${namespace} to be gone`);
      return !isGoing;
    },
    describe: () => `the old namespace ${namespace} is still being deleted`,
    everyMs: 500,
    timeoutMs: terminationTimeoutMs,
    signal,
    clock: service.clock,
  });
  return found === undefined || isOurs(found);
}

/** Whether we made a namespace. */
export function isOurs(namespace: KubeObject): boolean {
  return namespace.metadata.labels?.[managedByLabel] === manager;
}
