import { EnvironmentError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { shellQuote } from '../../tools/shell-quote.ts';
import { isOwn, manager, objectPath } from './service-objects.ts';
import { unlessForbidden } from './unless-forbidden.ts';

/** An object that is to be applied and what stands at its place now. */
export interface StandingObject {
  readonly wanted: KubeObject;
  readonly path: string;
  /** Undefined when there is none. */
  readonly found: KubeObject | undefined;
}

/**
 * What stands where the wanted objects go. Throws EnvironmentError `PRICECTL_E_FOREIGN_OBJECT` naming the first that somebody else made: it would
 * be changed, and deleted by `down`.
 */
export async function lookForObjects(api: KubeApi, wanted: readonly KubeObject[], name: string, signal: AbortSignal): Promise<readonly StandingObject[]> {
  const standing = await Promise.all(
    wanted.map(async (object) => {
      const path = objectPath(object);
      return { wanted: object, path, found: await api.find<KubeObject>(path, signal) };
    }),
  );
  const foreign = standing.find(({ wanted, found }) => found !== undefined && wanted.kind !== 'Namespace' && !isOwn(found, name));
  if (foreign !== undefined) throw foreignObject(foreign.wanted, api.context);
  return standing;
}

/**
 * Applies an object, server-side and as a field manager of our own, and returns it as stored. A namespace of ours that this user may not change stays
 * as it is: it was made for them by somebody who may. Throws what KubeApi throws.
 */
export async function applyObject(api: KubeApi, { wanted, path, found }: StandingObject, options: { readonly dryRun?: boolean; readonly signal: AbortSignal }): Promise<KubeObject> {
  const applying = api.apply(path, wanted, { fieldManager: manager, force: true, ...options });
  if (wanted.kind !== 'Namespace' || found === undefined) return applying;
  return (await unlessForbidden(applying)) ?? found;
}

function foreignObject({ kind, metadata }: KubeObject, context: string): EnvironmentError {
  const place = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  return new EnvironmentError('PRICECTL_E_FOREIGN_OBJECT', `there is a ${kind} ${metadata.name}${place} that pricectl didn't make`, {
    hints: ['use another --name or --namespace', `look at it: kubectl --context ${shellQuote(context)} get ${kind.toLowerCase()} ${metadata.name}${metadata.namespace ? ` --namespace ${metadata.namespace}` : ''}`],
  });
}
