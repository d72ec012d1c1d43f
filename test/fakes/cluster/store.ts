import type { KubeObject, WatchEvent } from '../../../src/tools/kube-objects.ts';

/** An object as it is stored: what a test or a controller has put there. */
export type Stored = KubeObject & { readonly spec?: object; readonly status?: object };

/** Which objects of a collection are meant. */
export interface Selectors {
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string | undefined;
}

/** One that wants to know what happens to a collection. */
interface Watcher {
  readonly collection: string;
  readonly selectors: Selectors;
  readonly tell: (event: WatchEvent<Stored>) => void;
}

/** The objects of an API server by their paths, and who watches them. */
export class Store {
  readonly objects = new Map<string, Stored>();
  readonly #watchers = new Set<Watcher>();
  readonly #history: { readonly collection: string; readonly event: WatchEvent<Stored> }[] = [];
  #version = 100;

  get version(): string {
    return String(this.#version);
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  find(path: string): Stored | undefined {
    return this.objects.get(path);
  }

  /** Objects of a collection, or without a namespace those of all namespaces. */
  list(collection: string, selectors: Selectors): readonly Stored[] {
    return [...this.objects].filter(([path, object]) => isIn(path, collection) && isSelected(object, selectors)).map(([, object]) => object);
  }

  /** Stores an object that differs from what is there, and returns what is stored then. */
  put(path: string, object: Stored): Stored {
    const before = this.objects.get(path);
    if (before !== undefined && isSame(before, object)) return before;
    this.#version += 1;
    const generation = before === undefined || !isSame(before.spec, object.spec) ? (before?.metadata.generation ?? 0) + 1 : (before.metadata.generation ?? 1);
    const uid = before?.metadata.uid ?? `uid-${this.#version}`;
    const creationTimestamp = before?.metadata.creationTimestamp ?? new Date().toISOString();
    const stored = { ...object, metadata: { creationTimestamp, ...object.metadata, uid, generation, resourceVersion: this.version } };
    this.objects.set(path, stored);
    this.#tell(path, { type: before === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  /** False when it wasn't there. */
  remove(path: string): boolean {
    const object = this.objects.get(path);
    if (object === undefined) return false;
    this.#version += 1;
    this.objects.delete(path);
    this.#tell(path, { type: 'DELETED', object: { ...object, metadata: { ...object.metadata, resourceVersion: this.version } } });
    return true;
  }

  /** Tells all that happened since that version, then all that happens, until the returned function is called. */
  watch(watcher: Watcher, since: string): () => void {
    for (const { collection, event } of this.#history) {
      if (collection === watcher.collection && Number(event.object.metadata.resourceVersion) > Number(since) && isSelected(event.object, watcher.selectors)) watcher.tell(event);
    }
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #tell(path: string, event: WatchEvent<Stored>): void {
    const collection = path.slice(0, path.lastIndexOf('/'));
    this.#history.push({ collection, event });
    for (const watcher of this.#watchers) if (watcher.collection === collection && isSelected(event.object, watcher.selectors)) watcher.tell(event);
  }
}

function isIn(path: string, collection: string): boolean {
  const slash = path.lastIndexOf('/');
  return path.slice(0, slash) === collection || path.slice(0, slash).replace(/\/namespaces\/[^/]+(?=\/)/, '') === collection;
}

function isSelected({ metadata }: KubeObject, { labels, name }: Selectors): boolean {
  return (name === undefined || metadata.name === name) && Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** What the server itself writes. */
const ofServer = new Set(['resourceVersion', 'uid', 'generation', 'creationTimestamp']);

function isSame(a: unknown, b: unknown): boolean {
  return textOf(a) === textOf(b);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => (ofServer.has(key) ? undefined : part)) ?? '';
}
