import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import type { ServiceSettings, Step, StepContext, StepReport } from '../target.ts';
import { checkCapacity } from './capacity-check.ts';
import type { ReplicaRequest } from './judge-capacity.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { clusterSettings } from './cluster-settings.ts';
import type { ManifestValues, PricesDelivery } from './manifest-values.ts';
import { renderManifests } from './manifests.ts';
import { memoryLimitFor } from './memory-limit.ts';
import { ownsNamespace } from './namespace.ts';
import { applyObject, lookForObjects, type StandingObject } from './ownership.ts';
import { readTemplates } from './read-templates.ts';
import { isOwn, pricesName, servicePaths } from './service-objects.ts';

/** What earlier steps of `up` found out. */
export interface UpFindings {
  readonly image: string;
  readonly prices: PricesDelivery;
}

/**
 * The step of `up` that applies the service's objects, server-side and as a field manager of its own, so that fields of others (the autoscaler's
 * replicas) stay theirs. Throws EnvironmentError `PRICECTL_E_FOREIGN_OBJECT`, KubeApiError.
 */
export function objectsStep(parts: ClusterParts, settings: ServiceSettings, findings: () => UpFindings): Step {
  return {
    title: 'objects',
    async run(context) {
      const { service, record } = parts;
      const api = await service.api(context.signal);
      const values = manifestValues(parts, settings, { ...findings(), ownsNamespace: await ownsNamespace(service, context) });
      const objects = renderManifests(await readTemplates(parts.templatesFolder), values);
      const standing = await lookForObjects(api, objects, service.identity.name, context.signal);
      const warning = await checkCapacity(service, settings.max, requestOf(values), context.signal);
      // From here on there is something for `down` to remove.
      await record.write(settings);
      const changed = await applyAll(api, standing, context);
      await setFirstReplicas(api, standing, settings.min, context.signal);
      const removed = await removeUnused(parts, values, context.signal);
      return report(objects.length, [...changed, ...removed], service.identity.namespace, warning);
    },
  };
}

/** All that the manifests are made of. */
export function manifestValues({ service, version }: ClusterParts, settings: ServiceSettings, findings: UpFindings & Pick<ManifestValues, 'ownsNamespace'>): ManifestValues {
  const cluster = clusterSettings(settings);
  const { namespace, name } = service.identity;
  const { prices } = findings;
  const memoryLimitBytes = cluster.memoryLimitBytes ?? memoryLimitFor(prices.kind === 'url' ? undefined : prices.data);
  return { namespace, name, version, settings: { ...settings, cluster }, memoryLimitBytes, ...findings };
}

/** Applies in order, and returns what that changed: an object that was as wanted keeps its resource version. */
async function applyAll(api: KubeApi, standing: readonly StandingObject[], { signal, progress }: StepContext): Promise<readonly KubeObject[]> {
  const changed: KubeObject[] = [];
  for (const object of standing) {
    const { wanted, found } = object;
    progress(`${wanted.kind} ${wanted.metadata.name}`);
    const applied = await applyObject(api, object, { signal }).catch((error: unknown) => {
      throw changed.length === 0 ? error : withWayOn(error, changed.length);
    });
    if (applied.metadata.resourceVersion !== found?.metadata.resourceVersion) changed.push(wanted);
  }
  return changed;
}

/** Half of the objects are there: says what comes of them. */
function withWayOn(error: unknown, count: number): unknown {
  if (!(error instanceof KubeApiError)) return error;
  const hint = `then pricectl up goes on: ${count} ${count === 1 ? 'object is' : 'objects are'} applied so far; pricectl down removes ${count === 1 ? 'it' : 'them'}`;
  return new KubeApiError(error.status, error.reason, error.message, { hints: [...error.hints, hint], cause: error });
}

/** A new Deployment has one replica until its autoscaler first looks, up to 15 s later. From then on their number is the autoscaler's. */
async function setFirstReplicas(api: KubeApi, standing: readonly StandingObject[], replicas: number, signal: AbortSignal): Promise<void> {
  const created = standing.find(({ wanted, found }) => wanted.kind === 'Deployment' && found === undefined);
  if (created !== undefined) await api.patch(`${created.path}/scale`, { spec: { replicas } }, signal);
}

/** What one replica of these manifests requests. */
export function requestOf({ settings, memoryLimitBytes }: ManifestValues): ReplicaRequest {
  return { cpuMillicores: settings.cpuRequestMillicores, memoryBytes: memoryLimitBytes };
}

async function removeUnused(parts: ClusterParts, values: ManifestValues, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const found = await findUnused(parts, values, signal);
  if (found === undefined) return [];
  const api = await parts.service.api(signal);
  return (await api.delete(found.path, signal)) ? [found.object] : [];
}

/** A price list that each pod downloads leaves the ConfigMap of an earlier file behind; undefined when there is none. */
export async function findUnused({ service }: ClusterParts, { prices, name }: ManifestValues, signal: AbortSignal): Promise<{ readonly path: string; readonly object: KubeObject } | undefined> {
  if (prices.kind !== 'url') return undefined;
  const api = await service.api(signal);
  const path = `${servicePaths(service.identity).configMaps}/${pricesName(name)}`;
  const object = await api.find<KubeObject>(path, signal);
  return object !== undefined && isOwn(object, name) ? { path, object } : undefined;
}

function report(count: number, changed: readonly KubeObject[], namespace: string, warning: string | undefined): StepReport {
  const warnings = warning === undefined ? [] : [warning];
  if (changed.length === 0) return { outcome: 'unchanged', detail: `${count} objects in namespace ${namespace}`, warnings };
  const kinds = [...new Set(changed.map(({ kind }) => kind))].join(', ');
  const detail = changed.length < count ? `changed: ${kinds}` : `${count} objects in namespace ${namespace}`;
  return { outcome: 'done', detail, warnings };
}
