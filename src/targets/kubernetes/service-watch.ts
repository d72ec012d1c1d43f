import { KubeApiError, type KubeApi, type Selection } from '../../tools/kube-api.ts';
import type { Deployment, HorizontalPodAutoscaler, KubeEvent, KubeObject, Pod, ReplicaSet } from '../../tools/kube-objects.ts';
import type { ClusterService } from './cluster-service.ts';
import type { RolloutView } from './judge-rollout.ts';
import { podSelector, servicePaths } from './service-objects.ts';

/** A running look at a service's objects. */
export interface ServiceWatch extends AsyncDisposable {
  /** All as it is known now. */
  view(): RolloutView;
  /** Resolves at the next change, or after that many milliseconds. Throws what ended a watch, and the signal's reason on abort. */
  changed(atMostMs: number): Promise<void>;
}

/** The objects of one collection, as listed once and then as told by a watch. */
class WatchedObjects<T extends KubeObject> {
  #listed: readonly T[];
  readonly #told = new Map<string, T>();

  constructor(listed: readonly T[]) {
    this.#listed = listed;
  }

  get all(): readonly T[] {
    return [...this.#listed, ...this.#told.values()];
  }

  async follow(api: KubeApi, path: string, selection: Selection, signal: AbortSignal, onChange: () => void): Promise<void> {
    for await (const { type, object } of api.watch<T>(path, selection, signal)) {
      // A watch begins with all that is there: from then on the list has nothing to add.
      this.#listed = [];
      if (type === 'DELETED') this.#told.delete(object.metadata.name);
      else this.#told.set(object.metadata.name, object);
      onChange();
    }
  }
}

/** A collection, and which of its objects belong to the service. */
interface Source {
  readonly path: string;
  readonly selection: Selection;
}

/**
 * Lists the objects of a service and watches them until it is disposed: one look at everything that decides a rollout. Events that may not be read
 * are left out. Throws what KubeApi throws.
 */
export async function watchService(service: ClusterService, signal: AbortSignal): Promise<ServiceWatch> {
  const api = await service.api(signal);
  const sources = sourcesOf(service);
  const sinceMs = service.clock.now();
  const [deployments, replicaSets, pods, events, autoscalers] = await Promise.all([
    listObjects<Deployment>(api, sources.deployments, signal),
    listObjects<ReplicaSet>(api, sources.replicaSets, signal),
    listObjects<Pod>(api, sources.pods, signal),
    listObjects<KubeEvent>(api, sources.events, signal).catch(orNothingIfForbidden),
    listObjects<HorizontalPodAutoscaler>(api, sources.autoscalers, signal),
  ]);
  const stop = new AbortController();
  const watched = AbortSignal.any([signal, stop.signal]);
  const changes = new Changes(service);
  const follow = <T extends KubeObject>(objects: WatchedObjects<T>, source: Source) => objects.follow(api, source.path, source.selection, watched, () => changes.tell());
  const under = [
    follow(deployments, sources.deployments),
    follow(replicaSets, sources.replicaSets),
    follow(pods, sources.pods),
    follow(events, sources.events).catch(orNothingIfForbidden),
    follow(autoscalers, sources.autoscalers),
  ].map((watching) => watching.catch((error: unknown) => changes.fail(error)));
  return {
    view: () => ({
      deployment: deployments.all[0],
      replicaSets: replicaSets.all,
      pods: pods.all,
      events: events.all,
      autoscaler: autoscalers.all[0],
      sinceMs,
    }),
    changed: (atMostMs) => changes.next(atMostMs, signal),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(under);
    },
  };
}

function sourcesOf({ identity }: ClusterService) {
  const paths = servicePaths(identity);
  const named = { fieldSelector: `metadata.name=${identity.name}` };
  const labelled = { labelSelector: podSelector(identity.name) };
  return {
    deployments: { path: paths.deployments, selection: named },
    replicaSets: { path: paths.replicaSets, selection: labelled },
    pods: { path: paths.pods, selection: labelled },
    events: { path: paths.events, selection: { fieldSelector: 'involvedObject.kind=Pod,type=Warning' } },
    autoscalers: { path: paths.autoscalers, selection: named },
  };
}

async function listObjects<T extends KubeObject>(api: KubeApi, { path, selection }: Source, signal: AbortSignal): Promise<WatchedObjects<T>> {
  const { items } = await api.list<T>(path, selection, signal);
  return new WatchedObjects(items);
}

function orNothingIfForbidden(error: unknown): WatchedObjects<KubeEvent> {
  if (error instanceof KubeApiError && error.status === 403) return new WatchedObjects([]);
  throw error;
}

/** Lets one waiter know that something changed, or that it can't be known any more. */
class Changes {
  readonly #clock: ClusterService['clock'];
  #hasChanged = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};

  constructor({ clock }: ClusterService) {
    this.#clock = clock;
  }

  tell(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  async next(atMostMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#hasChanged && this.#failure === undefined) await this.#sleep(atMostMs, signal);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#hasChanged = false;
  }

  async #sleep(atMostMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      await this.#clock.sleep(atMostMs, AbortSignal.any([signal, woken.signal]));
    } catch (error) {
      if (!woken.signal.aborted || signal.aborted) throw error;
    } finally {
      this.#wake = () => {};
    }
  }
}
