import { type KubeApi, KubeApiError, type Selection } from '../../src/tools/kube-api.ts';
import type { KubeList, KubeObject, WatchEvent } from '../../src/tools/kube-objects.ts';

/** What a path answers: an object, a text, or an error that is thrown. */
export type FakeAnswer = { readonly json: unknown } | { readonly status?: number; readonly body: string } | { readonly error: Error };

/** An API in memory. It knows collections and paths that were told to it; any other call fails and names itself. */
export interface FakeKubeApi extends KubeApi {
  /** Every call in order: `get /api/v1/...`. */
  readonly calls: string[];
  /** Makes a collection known, and puts objects into it. */
  collection(path: string, objects?: readonly KubeObject[]): void;
  /** Adds or replaces an object, and tells those who watch. */
  put(path: string, object: KubeObject): void;
  /** Takes an object out, and tells those who watch. */
  remove(path: string, name: string): void;
  /** Scripts what a path (with its query) answers to `get`, `find`, `text` and `lines`, or a collection's path to `list` and `watch`. */
  answer(path: string, answer: FakeAnswer): void;
  /** How many watch a collection now. */
  watcherCount(path: string): number;
  /** Whether all who watch a collection have taken what was told. */
  isCaughtUp(path: string): boolean;
  /** Ends all watches of a collection with an error. */
  breakWatches(path: string, error: Error): void;
}

interface Watcher {
  readonly queue: WatchEvent<KubeObject>[];
  failure: Error | undefined;
  wake(): void;
}

interface Collection {
  readonly objects: Map<string, KubeObject>;
  readonly watchers: Set<Watcher>;
}

/** Creates an API that knows nothing yet. Field selectors other than `metadata.name` and those of events select all. */
export function createFakeKubeApi(context = 'test'): FakeKubeApi {
  const calls: string[] = [];
  const collections = new Map<string, Collection>();
  const answers = new Map<string, FakeAnswer>();
  const known = (path: string, call: string): Collection => collections.get(path) ?? unscripted(call);
  const change = (path: string, event: WatchEvent<KubeObject>) => {
    for (const watcher of known(path, `put ${path}`).watchers) {
      watcher.queue.push(event);
      watcher.wake();
    }
  };
  const lookUp = (path: string, call: string): unknown => {
    const scripted = answers.get(path);
    if (scripted !== undefined) return jsonOf(scripted, call);
    const slash = path.lastIndexOf('/');
    const collection = collections.get(path.slice(0, slash));
    return collection === undefined ? unscripted(call) : collection.objects.get(path.slice(slash + 1));
  };
  const api: FakeKubeApi = {
    context,
    calls,
    collection(path, objects = []) {
      collections.set(path, { objects: new Map(objects.map((object) => [object.metadata.name, object])), watchers: new Set() });
    },
    put(path, object) {
      const { objects } = known(path, `put ${path}`);
      const type = objects.has(object.metadata.name) ? 'MODIFIED' : 'ADDED';
      objects.set(object.metadata.name, object);
      change(path, { type, object });
    },
    remove(path, name) {
      const { objects } = known(path, `remove ${path}`);
      const object = objects.get(name);
      if (object === undefined) throw new Error(`there is no ${name} in ${path}`);
      objects.delete(name);
      change(path, { type: 'DELETED', object });
    },
    answer: (path, answer) => void answers.set(path, answer),
    watcherCount: (path) => known(path, `watcherCount ${path}`).watchers.size,
    isCaughtUp: (path) => [...known(path, `isCaughtUp ${path}`).watchers].every(({ queue }) => queue.length === 0),
    breakWatches(path, error) {
      for (const watcher of known(path, `breakWatches ${path}`).watchers) {
        watcher.failure = error;
        watcher.wake();
      }
    },
    async get<T>(path: string, signal: AbortSignal) {
      const found = await api.find<T>(path, signal);
      if (found === undefined) throw new KubeApiError(404, 'NotFound', `there is no ${path}`);
      return found;
    },
    async find<T>(path: string, signal: AbortSignal) {
      signal.throwIfAborted();
      calls.push(`find ${path}`);
      return documented<T | undefined>(lookUp(path, `find ${path}`));
    },
    async list<T>(path: string, selection: Selection, signal: AbortSignal) {
      signal.throwIfAborted();
      calls.push(`list ${path}`);
      const scripted = answers.get(path);
      if (scripted !== undefined) return documented<KubeList<T>>(jsonOf(scripted, `list ${path}`));
      const items = [...known(path, `list ${path}`).objects.values()].filter((object) => isSelected(object, selection));
      return documented<KubeList<T>>({ metadata: {}, items });
    },
    async text(path, signal) {
      signal.throwIfAborted();
      calls.push(`text ${path}`);
      const scripted = answers.get(path) ?? unscripted(`text ${path}`);
      if ('error' in scripted) throw scripted.error;
      return 'json' in scripted ? { status: 200, body: JSON.stringify(scripted.json) } : { status: scripted.status ?? 200, body: scripted.body };
    },
    async *lines(path, signal) {
      const { body } = await api.text(path, signal);
      yield* body.split('\n').filter((line) => line !== '');
    },
    async *watch<T extends KubeObject>(path: string, selection: Selection, signal: AbortSignal) {
      calls.push(`watch ${path}`);
      const scripted = answers.get(path);
      if (scripted !== undefined && 'error' in scripted) throw scripted.error;
      const { objects, watchers } = known(path, `watch ${path}`);
      const watcher = createWatcher([...objects.values()]);
      watchers.add(watcher);
      try {
        for (;;) {
          const event = await nextEvent(watcher, signal);
          if (isSelected(event.object, selection)) yield documented<WatchEvent<T>>(event);
        }
      } finally {
        watchers.delete(watcher);
      }
    },
    async delete(path, signal) {
      signal.throwIfAborted();
      calls.push(`delete ${path}`);
      const slash = path.lastIndexOf('/');
      if (!known(path.slice(0, slash), `delete ${path}`).objects.has(path.slice(slash + 1))) return false;
      api.remove(path.slice(0, slash), path.slice(slash + 1));
      return true;
    },
    apply: async (path) => unscripted(`apply ${path}`),
    create: async (path) => unscripted(`create ${path}`),
    patch: async (path) => unscripted(`patch ${path}`),
    jsonPatch: async (path) => unscripted(`jsonPatch ${path}`),
  };
  return api;
}

function unscripted(call: string): never {
  throw new Error(`unscripted call of the API: ${call}`);
}

function createWatcher(objects: readonly KubeObject[]): Watcher {
  return { queue: objects.map((object) => ({ type: 'ADDED', object })), failure: undefined, wake: () => {} };
}

async function nextEvent(watcher: Watcher, signal: AbortSignal): Promise<WatchEvent<KubeObject>> {
  for (;;) {
    signal.throwIfAborted();
    const event = watcher.queue.shift();
    if (event !== undefined) return event;
    if (watcher.failure !== undefined) throw watcher.failure;
    const { promise, resolve } = Promise.withResolvers<void>();
    watcher.wake = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
  }
}

function jsonOf(answer: FakeAnswer, call: string): unknown {
  if ('error' in answer) throw answer.error;
  if ('json' in answer) return answer.json;
  throw new Error(`${call} has a text as its answer`);
}

/** What a test has put in under a path is what the API documents for it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type with the path
function documented<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test's word is taken
  return value as T;
}

function isSelected({ metadata }: KubeObject, { labelSelector, fieldSelector }: Selection): boolean {
  const name = /(?:^|,)metadata\.name=([^,]*)/.exec(fieldSelector ?? '')?.[1];
  const labels = (labelSelector ?? '').split(',').filter((part) => part !== '');
  return (name === undefined || name === metadata.name) && labels.every((part) => metadata.labels?.[part.split('=')[0] ?? ''] === part.split('=')[1]);
}
