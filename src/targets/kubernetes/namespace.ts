import { waitUntil } from '../../tools/clock.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
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
  const { namespace } = service.identity;
  const found = await waitUntil({
    poll: () => findNamespace(service, signal),
    isDone: (object) => {
      const isGoing = isGoingAway(object);
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

/** A namespace; `hidden` is one that the user may not look at. */
export type FoundNamespace = KubeObject | 'hidden';

/** The service's namespace; undefined when there is none. Throws what KubeApi throws. */
export async function findNamespace(service: ClusterService, signal: AbortSignal): Promise<FoundNamespace | undefined> {
  const api = await service.api(signal);
  try {
    return await api.find<KubeObject>(servicePaths(service.identity).namespace, signal);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return 'hidden';
    throw error;
  }
}

/** Whether a namespace is being deleted. */
export function isGoingAway(namespace: FoundNamespace | undefined): boolean {
  return namespace !== undefined && namespace !== 'hidden' && namespace.metadata.deletionTimestamp !== undefined;
}

/** Whether we made a namespace. One that is hidden was made by whoever gave the user a place in it. */
export function isOurs(namespace: FoundNamespace): boolean {
  return namespace !== 'hidden' && namespace.metadata.labels?.[managedByLabel] === manager;
}
