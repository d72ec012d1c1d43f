import type { KubeObject } from '../../tools/kube-objects.ts';
import { planned } from '../planned.ts';
import type { ServiceSettings, Step, StepReport } from '../target.ts';
import { checkCapacity } from './capacity-check.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { clusterSettings } from './cluster-settings.ts';
import { describeChanges, judgeChange, type ObjectChange } from './judge-change.ts';
import type { ManifestValues, PricesDelivery } from './manifest-values.ts';
import { renderManifests } from './manifests.ts';
import { findNamespace, isGoingAway, isOurs } from './namespace.ts';
import { findUnused, manifestValues, requestOf, type UpFindings } from './objects-step.ts';
import { applyObject, lookForObjects } from './ownership.ts';
import { pricesStep } from './prices-step.ts';
import { readTemplates } from './read-templates.ts';
import { isReachable } from './running-settings.ts';

/** The steps of `up --dry-run`: the price list is read and checked, the cluster and its objects are looked at, and nothing is changed. */
export function planSteps(parts: ClusterParts, settings: ServiceSettings): readonly Step[] {
  let prices: PricesDelivery | undefined;
  const findings = async (): Promise<UpFindings> => {
    if (prices === undefined) throw new Error('objects are planned after prices');
    return { image: await parts.images.nameOf(clusterSettings(settings)), prices };
  };
  return [
    planned(
      pricesStep(parts, { prices: settings.prices, keeps: true }, (read) => {
        prices = read;
      }),
    ),
    ...parts.platform.planSteps(settings),
    { title: 'image', run: ({ signal }) => planImage(parts, settings, signal) },
    { title: 'objects', run: async ({ signal }) => planObjects(parts, settings, await findings(), signal) },
  ];
}

async function planImage(parts: ClusterParts, settings: ServiceSettings, signal: AbortSignal): Promise<StepReport> {
  const { images, platform } = parts;
  const cluster = clusterSettings(settings);
  const image = await images.nameOf(cluster);
  if (cluster.image !== null) return { outcome: 'unchanged', detail: `${image}, as given` };
  const isBuilt = await images.isBuilt(cluster, signal);
  if (!isBuilt) return { outcome: 'skipped', detail: `${image} would be built and delivered` };
  const isThere = (await isReachable(parts, signal)) && (await platform.hasImage(image, signal));
  return isThere ? { outcome: 'unchanged', detail: `${image}, seen in the cluster` } : { outcome: 'skipped', detail: `${image} would be delivered` };
}

async function planObjects(parts: ClusterParts, settings: ServiceSettings, findings: UpFindings, signal: AbortSignal): Promise<StepReport> {
  const { namespace } = parts.service.identity;
  const place = await findPlace(parts, signal);
  const values = manifestValues(parts, settings, { ...findings, ownsNamespace: place.ownsNamespace });
  const objects = renderManifests(await readTemplates(parts.templatesFolder), values);
  const changes = place.isThere ? await lookAtObjects(parts, objects, values, signal) : objects.map(({ kind }) => ({ kind, change: 'create' as const }));
  const warning = place.hasCluster ? await checkCapacity(parts.service, settings.max, requestOf(values), signal) : undefined;
  const warnings = warning === undefined ? [] : [warning];
  const described = describeChanges(changes);
  if (described === undefined) return { outcome: 'unchanged', detail: `${objects.length} objects in namespace ${namespace}`, warnings };
  return { outcome: 'skipped', detail: described, warnings };
}

/** Where objects would go. */
interface Place {
  readonly hasCluster: boolean;
  /** Whether the namespace is there, and stays. */
  readonly isThere: boolean;
  readonly ownsNamespace: boolean;
}

async function findPlace(parts: ClusterParts, signal: AbortSignal): Promise<Place> {
  if (!(await isReachable(parts, signal))) return { hasCluster: false, isThere: false, ownsNamespace: true };
  const found = await findNamespace(parts.service, signal);
  const isThere = found !== undefined && !isGoingAway(found);
  return { hasCluster: true, isThere, ownsNamespace: !isThere || isOurs(found) };
}

/** Lets the server check and fill in each object without storing it, and compares. */
async function lookAtObjects(parts: ClusterParts, objects: readonly KubeObject[], values: ManifestValues, signal: AbortSignal): Promise<readonly { readonly kind: string; readonly change: ObjectChange }[]> {
  const api = await parts.service.api(signal);
  const standing = await lookForObjects(api, objects, parts.service.identity.name, signal);
  const changes = await Promise.all(
    standing.map(async (object) => {
      const applied = await applyObject(api, object, { dryRun: true, signal });
      return { kind: object.wanted.kind, change: judgeChange(object.found, applied) };
    }),
  );
  const unused = await findUnused(parts, values, signal);
  return unused === undefined ? changes : [...changes, { kind: unused.object.kind, change: 'delete' }];
}
