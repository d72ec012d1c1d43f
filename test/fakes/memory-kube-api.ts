import type { KubeApi } from '../../src/tools/kube-api.ts';
import type { KubeObject } from '../../src/tools/kube-objects.ts';

/** An API server in memory: objects by their paths, as far as deploying and removing a service goes. What it can't do throws and names itself. */
export interface MemoryKubeApi extends KubeApi {
  /** Paths and their objects; tests may change it. */
  readonly objects: Map<string, KubeObject>;
  /** What was changed, in order: `apply /api/v1/...`. */
  readonly calls: string[];
  /** Answers of paths that are no objects: the version, discovery. */
  readonly answers: Map<string, unknown>;
}

function refuse(what: string): () => never {
  return () => {
    throw new Error(`the API in memory has no ${what}`);
  };
}

/** An empty API server. */
export function createMemoryKubeApi(): MemoryKubeApi {
  const objects = new Map<string, KubeObject>();
  const calls: string[] = [];
  const answers = new Map<string, unknown>([['/version', { gitVersion: 'v1.36.2' }]]);
  let version = 0;
  const stored = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, resourceVersion: String((version += 1)) } });
  // oxlint-disable-next-line typescript/no-explicit-any -- what is stored is what a test put there
  const find = async (path: string): Promise<any> => {
    const [place = '', query = ''] = path.split('?');
    if (answers.has(place)) return answers.get(place);
    if (objects.has(place)) return objects.get(place);
    const selector = new URLSearchParams(query).get('labelSelector') ?? '';
    const items = [...objects].filter(([key]) => key.slice(0, key.lastIndexOf('/')) === place).map(([, object]) => object);
    return isCollection(place) ? { metadata: {}, items: items.filter((object) => matches(object, selector)) } : undefined;
  };
  return {
    context: 'memory',
    objects,
    calls,
    answers,
    find,
    async get(path) {
      const found = await find(path);
      if (found === undefined) throw new Error(`there is no ${path} in memory`);
      return found;
    },
    list: async (path, { labelSelector = '' }) => find(`${path}?labelSelector=${encodeURIComponent(labelSelector)}`),
    async apply(path, object, { dryRun }) {
      const before = objects.get(path);
      const after = { ...object, metadata: { ...object.metadata, resourceVersion: before?.metadata.resourceVersion ?? '' } };
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) return before;
      if (dryRun) return after;
      calls.push(`apply ${path}`);
      const kept = stored(object);
      objects.set(path, kept);
      return kept;
    },
    async patch(path, patch) {
      calls.push(`patch ${path} ${JSON.stringify(patch)}`);
      return find(path);
    },
    async jsonPatch(path, operations) {
      calls.push(`jsonPatch ${path} ${JSON.stringify(operations)}`);
      return find(path);
    },
    async delete(path) {
      if (!objects.delete(path)) return false;
      calls.push(`delete ${path}`);
      return true;
    },
    create: refuse('create'),
    text: refuse('text'),
    lines: refuse('lines'),
    watch: refuse('watch'),
  };
}

/** A collection's last part is a plural of letters only, and what is before it no object's name: `/api/v1/nodes`, `.../namespaces/x/pods`. */
function isCollection(path: string): boolean {
  const parts = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3);
  return parts.length === 1 || parts.length === 3;
}

function matches({ metadata }: KubeObject, selector: string): boolean {
  const wanted = selector === '' ? [] : selector.split(',').map((term) => term.split('='));
  return wanted.every(([key = '', value]) => metadata.labels?.[key] === value);
}
