import { ToolError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';

interface Resources {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Finds the paths of objects of any kind by what the API server says that it has; each version is asked for once. */
export class ApiPaths {
  readonly #api: KubeApi;
  readonly #known = new Map<string, Promise<Resources | undefined>>();

  constructor(api: KubeApi) {
    this.#api = api;
  }

  /** API path of an object, whether it is there or not. Throws ToolError `PRICECTL_E_OPERATOR_BUNDLE` for a kind that the cluster doesn't have. */
  async pathOf({ apiVersion, kind, metadata }: KubeObject, signal: AbortSignal): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const asking = this.#known.get(base) ?? this.#api.find<Resources>(base, signal);
    this.#known.set(base, asking);
    const resource = (await asking)?.resources.find(({ kind: known, name }) => known === kind && !name.includes('/'));
    if (resource === undefined) throw new ToolError('PRICECTL_E_OPERATOR_BUNDLE', `this cluster has no objects of kind ${kind} (${apiVersion})`);
    const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${place}/${resource.name}/${metadata.name}`;
  }
}
