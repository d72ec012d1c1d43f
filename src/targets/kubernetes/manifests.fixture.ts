import { fileURLToPath } from 'node:url';
import { createBehavior } from '../../autoscale/behavior.ts';
import type { ClusterSettings, ServiceSettings } from '../target.ts';
import type { Manifest } from './manifest-template.ts';
import type { ManifestValues } from './manifest-values.ts';
import { renderManifests } from './manifests.ts';
import { readTemplates } from './read-templates.ts';

/** Settings of a service on a cluster, for tests. */
export const clusterSettings: ServiceSettings & { readonly cluster: ClusterSettings } = {
  prices: '/home/somebody/prices.txt',
  min: 3,
  max: 10,
  cpuTarget: 50,
  cpuRequestMillicores: 100,
  port: 8_080,
  syncPeriodMs: 15_000,
  metricResolutionMs: 15_000,
  behavior: createBehavior(),
  cluster: {
    cpuLimitMillicores: 500,
    memoryLimitBytes: null,
    serviceType: 'ClusterIP',
    image: null,
    registry: null,
    baseImage: 'node:26-bookworm-slim',
    cpus: null,
    memory: null,
  },
};

/** What the manifests of tests are made of. */
export const manifestValues: ManifestValues = {
  namespace: 'shop',
  name: 'price-api',
  ownsNamespace: true,
  version: '1.2.3',
  image: 'localhost/price-api:3f9c2a',
  settings: clusterSettings,
  memoryLimitBytes: 134_217_728,
  prices: { kind: 'text', text: 'P124,49.5\n', data: { rows: 1, bytes: 10, sha256: 'ab12' } },
};

/** Renders the package's own templates. */
export async function renderExample(values: Partial<ManifestValues> = {}): Promise<readonly Manifest[]> {
  const templates = await readTemplates(fileURLToPath(new URL('../../../templates', import.meta.url)));
  return renderManifests(templates, { ...manifestValues, ...values });
}

/** The one manifest of a kind. */
export function ofKind(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, ...others] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`there are ${others.length + (found ? 1 : 0)} manifests of kind ${kind}`);
  return found;
}

/** The value at a path such as `spec.ports.0.port`, or undefined. A key with dots in it can't be reached. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);
}

/** The same manifests with another value at a path of the one of a kind; undefined removes it. */
export function withValueAt(manifests: readonly Manifest[], kind: string, path: string, value: unknown): readonly Manifest[] {
  const copy = structuredClone([...manifests]);
  const keys = path.split('.');
  const parent = keys.length === 1 ? ofKind(copy, kind) : valueAt(ofKind(copy, kind), keys.slice(0, -1).join('.'));
  if (typeof parent !== 'object' || parent === null) throw new Error(`a ${kind} has nothing at ${path}`);
  const key = keys.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(parent, key);
  else Reflect.set(parent, key, value);
  return copy;
}
