import { type ErrorDetails, ToolError } from './errors.ts';
import type { KubeList, KubeObject, WatchEvent } from './kube-objects.ts';

/** An answer of the API server that says no; `reason` is its own word (`NotFound`, `Forbidden`, `Conflict`, ...). */
export class KubeApiError extends ToolError {
  readonly status: number;
  readonly reason: string;
  /** After which time the server wants to be asked again, when it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, details: ErrorDetails & { readonly retryAfterMs?: number | undefined } = {}) {
    super('PRICECTL_E_KUBE_API', message, details);
    this.retryAfterMs = details.retryAfterMs;
    this.status = status;
    this.reason = reason;
  }
}

/** How an object is applied. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take over fields that another manager has; without it that is a KubeApiError with status 409. */
  readonly force: boolean;
  /** Let the server check and fill it in, and store nothing. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

/** Which objects of a collection are meant. */
export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** At most so many of them; the list's `continue` says that there are more. Not for a watch. */
  readonly limit?: number;
}

/**
 * The API of one cluster. Paths are the API's own: `/apis/apps/v1/namespaces/pricectl/deployments/price-api`. Every method throws KubeApiError
 * when the server says no, EnvironmentError `PRICECTL_E_CLUSTER_DOWN` when it can't be reached, TimeoutError, and the signal's reason on abort.
 */
export interface KubeApi {
  /** Kind of the cluster that it reaches, for messages: the kubectl context. */
  readonly context: string;
  /** The JSON of any path. `T` is what the API documents for it. */
  get<T>(path: string, signal: AbortSignal): Promise<T>;
  /** As `get`; undefined when there is no such object, or no such API. */
  find<T>(path: string, signal: AbortSignal): Promise<T | undefined>;
  list<T>(path: string, selection: Selection, signal: AbortSignal): Promise<KubeList<T>>;
  /** Server-side apply; returns the object as stored. */
  apply(path: string, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  create(path: string, object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** A JSON merge patch (RFC 7386). */
  patch(path: string, patch: object, signal: AbortSignal): Promise<KubeObject>;
  /** A JSON patch (RFC 6902). */
  jsonPatch(path: string, operations: readonly object[], signal: AbortSignal): Promise<KubeObject>;
  /** Deletes one object, dependants in the background; false when it wasn't there. */
  delete(path: string, signal: AbortSignal): Promise<boolean>;
  /** The text of any path: a log, or what a pod answers behind `.../pods/NAME:PORT/proxy/...`. Any status below 500 of such a proxied answer is returned. */
  text(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }>;
  /** Lines of a path whose answer goes on, such as a followed log. Ends with the answer. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>;
  /**
   * All objects of a collection as `ADDED`, then each change. Goes on over the ends of connections by itself, and lists afresh when the server
   * has forgotten where it was (410); what vanished meanwhile comes as `DELETED`. Ends by throwing the signal's reason, or KubeApiError.
   */
  watch<T extends KubeObject>(path: string, selection: Selection, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
}
