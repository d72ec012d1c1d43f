import type { ClusterSettings, TargetKind } from '../targets/target.ts';
import { memoryLimitFor } from '../targets/kubernetes/memory-limit.ts';
import { renderManifests } from '../targets/kubernetes/manifests.ts';
import { deliverPrices } from '../targets/kubernetes/prices-delivery.ts';
import { readTemplates } from '../targets/kubernetes/read-templates.ts';
import { UsageError } from '../tools/errors.ts';
import { type GivenSettings, resolveSettings } from './service-settings.ts';

/** An object of Kubernetes; its fields are those of its kind. */
export interface RenderedManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly [field: string]: object | string | number | boolean | null;
}

/** What `up` would apply. */
export interface RenderResult {
  /** In the order in which they are applied. */
  readonly manifests: readonly RenderedManifest[];
}

/** What `render` needs to know. */
export interface RenderOptions {
  readonly target: TargetKind;
  readonly namespace: string;
  readonly name: string;
  readonly given: GivenSettings;
  readonly defaultPrices: string;
  /** Folder of the templates. */
  readonly templates: string;
  /** Version of pricectl. */
  readonly version: string;
  /** Name of the image that `up` would use with these settings: the given one, else the one that it would build. */
  readonly imageOf: (settings: ClusterSettings) => Promise<string>;
  readonly signal: AbortSignal;
}

/** Namespaces that every cluster has: `up` would use them as they are. */
const givenNamespaces = new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system']);

/**
 * The manifests that a first `up` would apply; asks neither cluster nor docker. Throws UsageError for settings that make no sense, a service on
 * this machine, or a price list that doesn't fit; PricesInvalidError and EnvironmentError for one that is no good or can't be read.
 */
export async function renderService(options: RenderOptions): Promise<RenderResult> {
  const { target, namespace, name, version, signal } = options;
  const settings = resolveSettings(options.given, { running: undefined, defaultPrices: options.defaultPrices, target });
  const { cluster } = settings;
  if (cluster === null) {
    const hints = ['pricectl render --target minikube', 'pricectl render --target kube'];
    throw new UsageError('PRICECTL_E_USAGE', 'a service on this machine has no manifests', { hints });
  }
  const prices = await deliverPrices(settings.prices, signal);
  const manifests = renderManifests(await readTemplates(options.templates), {
    namespace,
    name,
    ownsNamespace: !givenNamespaces.has(namespace),
    version,
    image: await options.imageOf(cluster),
    settings: { ...settings, cluster },
    memoryLimitBytes: cluster.memoryLimitBytes ?? memoryLimitFor(prices.kind === 'url' ? undefined : prices.data),
    prices,
  });
  return { manifests };
}
