import type { Clock } from './clock.ts';
import { TimeoutError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';
import { KubeApiError } from './kube-api.ts';
import { ClusterDownError } from './kube-api-failures.ts';
import { asDocumented } from './kube-api-json.ts';
import { Outage } from './kube-api-outage.ts';
import type { KubeMetadata, KubeObject, WatchEvent } from './kube-objects.ts';

/** How long the server keeps a watch before it ends it in good order, and how long we wait for a sign of life (it sends one a minute). */
export const watchSeconds = 290;

/** Pause before a watch that ended is taken up again: the first, and the longest after failures. */
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** A collection with the version that it is of. */
export interface Listing<T> {
  readonly version: string;
  readonly items: readonly T[];
}

/** What a watch is made of. */
export interface WatchSource<T> {
  list(signal: AbortSignal): Promise<Listing<T>>;
  /** Lines of one watch request from a version on; resolves when the server has begun to answer. */
  watch(version: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** The failure that an `ERROR` event's Status stands for. */
  failure(status: Readonly<Record<string, unknown>>): KubeApiError;
}

/**
 * All objects of a collection, then each change, over the ends of connections. See `KubeApi.watch`. A cluster that is away for 30 s is a
 * failure, one whose proxy has ended at once.
 */
export async function* watchCollection<T extends KubeObject>(source: WatchSource<T>, clock: Clock, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
  const known = new Map<string, T>();
  let version: string | undefined;
  let pauseMs = firstPauseMs;
  const outage = new Outage(clock);
  for (;;) {
    signal.throwIfAborted();
    let isOpen = false;
    try {
      if (version === undefined) {
        const listing = await source.list(signal);
        for (const event of differences(known, listing.items)) {
          yield event;
          signal.throwIfAborted();
        }
        version = listing.version;
        outage.answered();
      }
      const lines = await source.watch(version, signal);
      isOpen = true;
      outage.recovered();
      for await (const line of lines) {
        const event = readEvent<T>(line, source);
        version = event.object.metadata.resourceVersion ?? version;
        pauseMs = firstPauseMs;
        if (event.type !== 'BOOKMARK') yield remember(known, { type: event.type, object: event.object });
        signal.throwIfAborted();
      }
      outage.answered();
    } catch (error) {
      signal.throwIfAborted();
      if (isOpen) outage.answered();
      if (error instanceof KubeApiError && error.status === 410) version = undefined;
      else if (outage.isTooLong(0) || !(outage.excuses(error) || isPassing(error))) throw error;
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }
}

/** Whether a failure may be over soon. */
function isPassing(error: unknown): boolean {
  if (error instanceof ClusterDownError) return !error.isFinal;
  if (error instanceof KubeApiError) return error.status === 429 || error.status >= 500;
  return error instanceof TimeoutError;
}

/** What has changed since, as a watch would have told it; `known` is brought up to date. */
function* differences<T extends KubeObject>(known: Map<string, T>, items: readonly T[]): Generator<WatchEvent<T>> {
  const there = new Set(items.map(keyOf));
  for (const [key, object] of known) if (!there.has(key)) yield remember(known, { type: 'DELETED', object });
  for (const object of items) {
    const before = known.get(keyOf(object));
    if (before === undefined) yield remember(known, { type: 'ADDED', object });
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) yield remember(known, { type: 'MODIFIED', object });
  }
}

function remember<T extends KubeObject>(known: Map<string, T>, event: WatchEvent<T>): WatchEvent<T> {
  if (event.type === 'DELETED') known.delete(keyOf(event.object));
  else known.set(keyOf(event.object), event.object);
  return event;
}

/** An object that was made anew under its old name is another one. */
function keyOf({ metadata }: { readonly metadata: KubeMetadata }): string {
  return metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;
}

interface RawEvent<T> {
  readonly type: WatchEvent<T>['type'] | 'BOOKMARK';
  readonly object: T;
}

/** One line of a watch. Throws what an `ERROR` stands for; a line that was cut is a passing failure. */
function readEvent<T>(line: string, source: WatchSource<T>): RawEvent<T> {
  const event = parseJson(line);
  if (!isRecord(event) || !isRecord(event['object'])) throw source.failure({ code: 500, reason: 'InternalError', message: 'the watch sent what is no event' });
  if (event['type'] === 'ERROR') throw source.failure(event['object']);
  return asDocumented<RawEvent<T>>(event);
}
