import { podSelector, servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { PricectlError } from '../../tools/errors.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { TestRunContext } from './look.ts';

/** A warning when runners share nodes with the service: they take CPU from each other. Never throws a PricectlError. */
export async function runnersBesideService({ api, namespace, signal }: TestRunContext, service: string, runners: readonly Pod[]): Promise<readonly string[]> {
  try {
    const { items } = await api.list<Pod>(servicePaths({ namespace }).pods, { labelSelector: podSelector(service) }, signal);
    const nodes = new Set(items.flatMap(({ spec }) => spec.nodeName ?? []));
    const beside = runners.filter(({ spec }) => spec.nodeName !== undefined && nodes.has(spec.nodeName));
    const shared = [...new Set(beside.map(({ spec }) => spec.nodeName))];
    if (beside.length === 0) return [];
    const who = beside.length === runners.length ? (runners.length === 1 ? 'the runner shares its node' : 'all runners share nodes') : `${beside.length} of ${runners.length} runners share nodes`;
    return [`${who} with the service (${shared.slice(0, 3).join(', ')}${shared.length > 3 ? ', ...' : ''}): they take CPU from each other`];
  } catch (error) {
    if (error instanceof PricectlError) return [];
    throw error;
  }
}
