import type { KubeObject } from '../../tools/kube-objects.ts';

/** What happens to an object. */
export type ObjectChange = 'create' | 'change' | 'delete' | 'none';

/** What a server-side apply does to an object, by what stands there and what a dry run of it gives. */
export function judgeChange(found: KubeObject | undefined, applied: KubeObject): ObjectChange {
  if (found === undefined) return 'create';
  return essenceOf(found) === essenceOf(applied) ? 'none' : 'change';
}

/** Without what the server keeps for itself, and what others report: that may change between two looks. */
function essenceOf(object: KubeObject): string {
  const kept = Object.entries(object).filter(([key]) => key !== 'status' && key !== 'metadata');
  const { name, namespace, labels, annotations, ownerReferences } = object.metadata;
  return JSON.stringify(sorted({ ...Object.fromEntries(kept), metadata: { name, namespace, labels, annotations, ownerReferences } }));
}

/** With its keys in order: the server writes them in no order that counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, sorted(child)]));
}

/** Changes of objects in words: `would create ConfigMap, change Deployment`; undefined when nothing changes. */
export function describeChanges(changes: readonly { readonly kind: string; readonly change: ObjectChange }[]): string | undefined {
  const parts = (['create', 'change', 'delete'] as const).flatMap((wanted) => {
    const kinds = changes.filter(({ change }) => change === wanted).map(({ kind }) => kind);
    return kinds.length === 0 ? [] : [`${wanted} ${kinds.join(', ')}`];
  });
  if (parts.length === 0) return undefined;
  const kept = changes.filter(({ change }) => change === 'none').length;
  return `would ${parts.join('; ')}${kept === 0 ? '' : `; ${kept} unchanged`}`;
}
