import { manager, managedByLabel } from '../../targets/kubernetes/service-objects.ts';
import { isRecord } from '../../tools/json.ts';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { Deployment, KubeCondition, KubeList, KubeObject } from '../../tools/kube-objects.ts';

/** Where k6-operator's definition of a TestRun is. */
export const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/testruns.k6.io';

const operatorLabel = 'app.kubernetes.io/name=k6-operator';
const usualNamespace = 'k6-operator-system';

/** What there is of k6-operator on a cluster. */
export interface OperatorFindings {
  /** Undefined when it isn't there. */
  readonly definition: { readonly isEstablished: boolean; readonly isServed: boolean; readonly hasArgs: boolean; readonly isOurs: boolean } | undefined;
  /** Its Deployments; null when we may not look. */
  readonly deployments: readonly OperatorDeployment[] | null;
}

/** One Deployment of the operator. */
export interface OperatorDeployment {
  readonly name: string;
  readonly namespace: string;
  /** Label selector of its pods. */
  readonly selector: string;
  readonly isReady: boolean;
  /** That it should have. */
  readonly replicas: number;
  /** Namespaces that it looks at; null: all. */
  readonly watches: readonly string[] | null;
}

/** A CustomResourceDefinition as far as we read it. */
interface Definition extends KubeObject {
  readonly spec: { readonly versions: readonly { readonly name: string; readonly served: boolean; readonly schema?: { readonly openAPIV3Schema?: unknown } }[] };
  readonly status?: { readonly conditions?: readonly KubeCondition[] };
}

interface OperatorContainer {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface OperatorObject extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: { readonly spec: { readonly containers: readonly OperatorContainer[] } };
  };
  readonly status?: Deployment['status'];
}

/** Looks for the operator in the whole cluster, as far as we may. Throws what KubeApi throws. */
export async function detectOperator(api: KubeApi, signal: AbortSignal): Promise<OperatorFindings> {
  const [definition, deployments] = await Promise.all([findDefinition(api, signal), findDeployments(api, signal)]);
  return { definition, deployments };
}

/** Whether TestRuns of a namespace are looked after by an operator that is ready, as far as is known. */
export function isUsable({ definition, deployments }: OperatorFindings, namespace: string): boolean {
  if (definition === undefined || !definition.isEstablished || !definition.isServed) return false;
  return deployments === null || deployments.some((deployment) => deployment.isReady && watchesNamespace(deployment, namespace));
}

/** Whether an operator looks at a namespace. */
export function watchesNamespace({ watches }: OperatorDeployment, namespace: string): boolean {
  return watches?.includes(namespace) ?? true;
}

async function findDefinition(api: KubeApi, signal: AbortSignal): Promise<OperatorFindings['definition']> {
  const found = await unlessForbidden(api.find<Definition>(crdPath, signal));
  if (found === undefined) return undefined;
  if (found === null) return discoverDefinition(api, signal);
  const version = found.spec.versions.find(({ name }) => name === 'v1alpha1');
  return {
    isEstablished: found.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false,
    isServed: version?.served === true,
    hasArgs: hasProperty(version?.schema?.openAPIV3Schema, ['spec', 'args']),
    isOurs: found.metadata.labels?.[managedByLabel] === manager,
  };
}

/** Who may not read definitions may still ask what the API has. `arguments` are there in every version. */
async function discoverDefinition(api: KubeApi, signal: AbortSignal): Promise<OperatorFindings['definition']> {
  const found = await api.find<{ readonly resources: readonly { readonly name: string }[] }>('/apis/k6.io/v1alpha1', signal);
  const isThere = found?.resources.some(({ name }) => name === 'testruns') ?? false;
  return isThere ? { isEstablished: true, isServed: true, hasArgs: false, isOurs: false } : undefined;
}

async function findDeployments(api: KubeApi, signal: AbortSignal): Promise<readonly OperatorDeployment[] | null> {
  const selection = { labelSelector: operatorLabel };
  const all = await unlessForbidden(api.list<OperatorObject>('/apis/apps/v1/deployments', selection, signal));
  const found: KubeList<OperatorObject> | null = all ?? (await unlessForbidden(api.list<OperatorObject>(`/apis/apps/v1/namespaces/${usualNamespace}/deployments`, selection, signal)));
  return found?.items.map(describeDeployment) ?? null;
}

function describeDeployment({ metadata, spec, status }: OperatorObject): OperatorDeployment {
  const containers = spec.template.spec.containers;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    selector: Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
    isReady: status?.conditions?.some(({ type, status: isTrue }) => type === 'Available' && isTrue === 'True') === true && (status.readyReplicas ?? 0) > 0,
    replicas: spec.replicas ?? 1,
    watches: watchedNamespaces(containers),
  };
}

/** `WATCH_NAMESPACE` has one name, `WATCH_NAMESPACES` several with commas; empty is all. */
function watchedNamespaces(containers: readonly OperatorContainer[]): readonly string[] | null {
  const names = containers
    .flatMap(({ env }) => env ?? [])
    .filter(({ name }) => name === 'WATCH_NAMESPACE' || name === 'WATCH_NAMESPACES')
    .flatMap(({ value }) => (value ?? '').split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? null : names;
}

function hasProperty(schema: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  return isRecord(properties) && name in properties && hasProperty(properties[name], rest);
}

/** Null when we may not ask. */
async function unlessForbidden<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return null;
    throw error;
  }
}
