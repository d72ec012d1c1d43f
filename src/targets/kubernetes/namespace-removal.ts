import { waitUntil } from '../../tools/clock.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import type { StepContext, StepReport } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { findNamespace, isOurs } from './namespace.ts';
import { servicePaths } from './service-objects.ts';
import { unlessForbidden } from './unless-forbidden.ts';

const removalTimeoutMs = 120_000;

/** What Kubernetes itself puts into every namespace. */
const standing = new Set(['configmaps/kube-root-ca.crt', 'serviceaccounts/default']);

/**
 * Deletes the service's namespace when we made it and nothing of anybody is left in it. Kinds that come and go by themselves (events, leases,
 * endpoints) don't count; kinds of extensions do. Throws TimeoutError when it doesn't go.
 */
export async function removeNamespace(service: ClusterService, { signal, progress }: StepContext): Promise<StepReport> {
  const api = await service.api(signal);
  const { namespace } = service.identity;
  const path = servicePaths(service.identity).namespace;
  const found = await findNamespace(service, signal);
  if (found === undefined) return { outcome: 'skipped', detail: 'there is none' };
  if (!isOurs(found)) return { outcome: 'skipped', detail: `${namespace} was there before, and stays` };
  const left = await findLeftovers(api, namespace, signal);
  if (left.length > 0) return { outcome: 'skipped', detail: `${namespace} stays: ${describeLeftovers(left)} in it` };
  // It was made for this user by somebody who may.
  if ((await unlessForbidden(api.delete(path, signal))) === undefined) return { outcome: 'skipped', detail: `${namespace} stays: you may not delete it` };
  await waitUntil({
    poll: () => api.find<KubeObject>(path, signal),
    isDone: (object) => {
      if (object !== undefined) progress(`waits for ${namespace} to be gone`);
      return object === undefined;
    },
    describe: () => `the namespace ${namespace} is still being deleted`,
    everyMs: 250,
    timeoutMs: removalTimeoutMs,
    signal,
    clock: service.clock,
  });
  return { outcome: 'done', detail: `${namespace} is gone` };
}

function describeLeftovers(left: readonly string[]): string {
  const more = left.length > 3 ? ` and ${left.length - 3} more` : '';
  return `there ${left.length === 1 ? 'is' : 'are'} ${left.slice(0, 3).join(', ')}${more}`;
}

interface ApiResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const passing = new Set(['events', 'endpoints', 'endpointslices', 'leases', 'controllerrevisions']);

/**
 * All objects in a namespace beside those that every namespace has, as `kind/name`. Every kind that the cluster knows is looked for, in each version:
 * one of an older or newer version than its group prefers may be in that alone.
 */
async function findLeftovers(api: KubeApi, namespace: string, signal: AbortSignal): Promise<readonly string[]> {
  const known = await unlessForbidden(api.get<{ groups: readonly { versions: readonly { groupVersion: string }[] }[] }>('/apis', signal));
  if (known === undefined) return ['perhaps something of /apis, which you may not get,'];
  const { groups } = known;
  const versions = ['/api/v1', ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => `/apis/${groupVersion}`))];
  const found = await Promise.all(versions.map((version) => objectsOfVersion(api, version, namespace, signal)));
  return [...new Set(found.flat())].filter((name) => !standing.has(name));
}

async function objectsOfVersion(api: KubeApi, version: string, namespace: string, signal: AbortSignal): Promise<readonly string[]> {
  const known = await findResources(api, version, signal);
  // Kubernetes itself doesn't end the deletion of a namespace as long as one of its APIs doesn't answer.
  if (known === 'silent') return [`whatever ${version.replace('/apis/', '')} has, which doesn't answer,`];
  if (known === 'hidden') return [`perhaps something of ${version.replace('/apis/', '')}, which you may not get,`];
  const kinds = (known?.resources ?? []).filter(({ namespaced, verbs }) => namespaced && verbs.includes('list') && verbs.includes('create'));
  const listed = await Promise.all(kinds.filter(({ name }) => !name.includes('/') && !passing.has(name)).map(({ name }) => objectsOfKind(api, `${version}/namespaces/${namespace}/${name}`, signal)));
  return listed.flat();
}

async function objectsOfKind(api: KubeApi, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const kind = path.slice(path.lastIndexOf('/') + 1);
  try {
    const list = await api.find<{ items: readonly KubeObject[] }>(path, signal);
    return (list?.items ?? []).map(({ metadata }) => `${kind}/${metadata.name}`);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return [`perhaps ${kind}, which you may not list,`];
    throw error;
  }
}

async function findResources(api: KubeApi, version: string, signal: AbortSignal): Promise<{ readonly resources: readonly ApiResource[] } | 'silent' | 'hidden' | undefined> {
  try {
    return await api.find<{ resources: readonly ApiResource[] }>(version, signal);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 503) return 'silent';
    if (error instanceof KubeApiError && error.status === 403) return 'hidden';
    throw error;
  }
}
