import type { ScalingBehavior, ScalingRules } from '../../autoscale/behavior.ts';
import { UsageError } from '../../tools/errors.ts';
import { memoryQuantity, milliQuantity } from './manifest-quantity.ts';
import { fillTemplate, type Manifest, type ManifestFields, type ManifestValue } from './manifest-template.ts';
import type { ManifestValues, PricesDelivery } from './manifest-values.ts';
import {
  containerName,
  containerPort,
  manager,
  ownLabels,
  podLabels,
  pricesAnnotation,
  pricesFolder,
  pricesKey,
  pricesName,
  settingsAnnotation,
} from './service-objects.ts';

/** The texts of the templates, one a kind of object, each in a file `<name>.yaml`. */
export type ManifestTemplates = Readonly<
  Record<
    'namespace' | 'service-account' | 'network-policy' | 'prices-config-map' | 'service' | 'disruption-budget' | 'deployment' | 'autoscaler',
    string
  >
>;

/** Distance from the target that Kubernetes ignores by itself; the field that says so is not known to every version (beta in 1.35). */
const defaultTolerance = 0.1;

/**
 * All objects of a service in the order in which they are applied: what pods need when they start comes before them. A namespace is among them
 * only when it is ours, a ConfigMap only when there is a price list to deliver. Throws UsageError for a request of CPU above its limit.
 */
export function renderManifests(templates: ManifestTemplates, values: ManifestValues): readonly Manifest[] {
  const { namespace, name, settings } = values;
  const common = { name, namespace, labels: labelsOf(values) };
  const pods = { podLabels: podLabels(name) };
  const behavior = autoscalerBehavior(settings.behavior);
  const { min, max, cpuTarget, port, cluster } = settings;
  return [
    ...(values.ownsNamespace ? [fillTemplate(templates.namespace, { namespace, manager })] : []),
    fillTemplate(templates['service-account'], common),
    fillTemplate(templates['network-policy'], { ...common, ...pods, containerPort, egress: egressRules(values.prices) }),
    ...pricesConfigMap(templates, values),
    fillTemplate(templates.service, { ...common, ...pods, port, serviceType: cluster.serviceType }),
    fillTemplate(templates['disruption-budget'], { ...common, ...pods }),
    fillTemplate(templates.deployment, { ...common, ...pods, ...deploymentVariables(values), ...pricesVariables(values) }),
    fillTemplate(templates.autoscaler, { ...common, min, max, cpuTarget, behavior }),
  ];
}

/** An HPA's `spec.behavior` of the same rules that the emulated autoscaler follows. */
function autoscalerBehavior({ scaleUp, scaleDown }: ScalingBehavior): ManifestFields {
  return { scaleUp: scalingRules(scaleUp), scaleDown: scalingRules(scaleDown) };
}

function scalingRules({ stabilizationWindowMs, selectPolicy, policies, tolerance }: ScalingRules): ManifestFields {
  return {
    stabilizationWindowSeconds: stabilizationWindowMs / 1_000,
    selectPolicy,
    policies: policies.map(({ type, value, periodMs }) => ({ type, value, periodSeconds: periodMs / 1_000 })),
    ...(tolerance !== defaultTolerance && { tolerance: milliQuantity(Math.round(tolerance * 1_000)) }),
  };
}

/** Labels of each object but the namespace and the pods. */
function labelsOf({ name, version }: ManifestValues): ManifestFields {
  // A plus sign, as in 1.0.0+build, is none of the characters of a label.
  return { ...podLabels(name), ...partLabels(name), 'app.kubernetes.io/version': version.replaceAll('+', '_') };
}

function partLabels(name: string): ManifestFields {
  return { ...ownLabels(name), 'app.kubernetes.io/part-of': manager };
}

function deploymentVariables({ name, image, settings, memoryLimitBytes }: ManifestValues): ManifestFields {
  const { cpuRequestMillicores, cluster } = settings;
  if (cpuRequestMillicores > cluster.cpuLimitMillicores) {
    throw new UsageError('PRICECTL_E_USAGE', `--cpu-request ${cpuRequestMillicores}m is more than --cpu-limit ${cluster.cpuLimitMillicores}m`);
  }
  return {
    templateLabels: { ...podLabels(name), ...partLabels(name) },
    settingsKey: settingsAnnotation,
    settings: toAsciiJson(settings),
    image,
    containerName,
    containerPort,
    listenPort: String(containerPort),
    cpuRequest: milliQuantity(cpuRequestMillicores),
    cpuLimit: milliQuantity(cluster.cpuLimitMillicores),
    memory: memoryQuantity(memoryLimitBytes),
  };
}

/** JSON in ASCII: a server-side apply is read as YAML 1.1, which refuses or changes some characters that a path may have. */
function toAsciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Where the server finds its price list, and what is mounted for it. */
function pricesVariables({ name, prices }: ManifestValues): { readonly [field: string]: ManifestValue | undefined } {
  if (prices.kind === 'url') return { prices: prices.url, volumes: undefined, volumeMounts: undefined };
  return {
    prices: `${pricesFolder}/${pricesKey}`,
    volumes: [{ name: 'prices', configMap: { name: pricesName(name) } }],
    volumeMounts: [{ name: 'prices', mountPath: pricesFolder, readOnly: true }],
  };
}

function pricesConfigMap(templates: ManifestTemplates, values: ManifestValues): readonly Manifest[] {
  const { namespace, name, prices } = values;
  if (prices.kind === 'kept' || prices.kind === 'url') return [];
  const { rows, bytes, sha256 } = prices.data;
  const variables = {
    namespace,
    labels: labelsOf(values),
    pricesName: pricesName(name),
    annotations: { [pricesAnnotation]: JSON.stringify({ rows, bytes, sha256 }) },
    data: prices.kind === 'text' ? { [pricesKey]: prices.text } : undefined,
    binaryData: prices.kind === 'gzip' ? { [pricesKey]: prices.base64 } : undefined,
  };
  return [fillTemplate(templates['prices-config-map'], variables)];
}

/** What the server may reach: nothing for a mounted list (no rules at all: the API server drops a list that is empty, and each apply would bring it back), a name server and the URL's port for one that it downloads. */
function egressRules(prices: PricesDelivery): ManifestValue | undefined {
  if (prices.kind !== 'url') return undefined;
  const { port, protocol } = new URL(prices.url);
  const ports = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
    { protocol: 'TCP', port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) },
  ];
  return [{ ports }];
}
