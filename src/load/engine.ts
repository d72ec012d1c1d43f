import type { Profile, Stage } from './profile.ts';
import type { SinkSet } from './sinks.ts';

/** What makes load. */
export type EngineName = 'node' | 'k6' | 'k6-operator';

/** One load test as asked of an engine. */
export interface LoadRequest {
  readonly profile: Profile;
  /** Base URL of the service; requests go to `/price?product_id=ID` below it. */
  readonly url: string;
  /** Ids to ask for, taken in turn. Never empty. */
  readonly ids: readonly string[];
  /** Whether a request on a re-used connection that ended before the first byte of its response is sent once more. */
  readonly resend: boolean;
  /** Time limit of one request. k6's default: 60,000. */
  readonly requestTimeoutMs: number;
}

/** State of a running load test, about once a second. */
export interface LoadProgress {
  readonly elapsedMs: number;
  readonly vus: number;
  /** Requests finished since the start. */
  readonly requests: number;
  /** Requests failed since the start. */
  readonly failed: number;
  /** Over the time since the last progress. */
  readonly requestsPerSecond: number;
  /** http_req_duration over the time since the last progress; null without requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly droppedIterations: number;
}

/** One of the processes or pods that made the load. */
export interface Runner {
  readonly name: string;
  readonly exitCode: number;
  readonly payload: 'received' | 'lost';
  readonly requests: number;
  /** Why it ended as it did, in words or as Kubernetes calls it (`OOMKilled`, `Evicted`); null or absent when it isn't known. */
  readonly reason?: string | null;
}

/**
 * How percentiles were made: from all samples, from a histogram with this relative error, or from the quantile grids of several runners; then the rank
 * of a percentile may be off by this share of the samples, and its bracket says between which values it lies (`MergedTrend`).
 */
export type Percentiles =
  | { readonly method: 'exact' | 'histogram'; readonly relativeError: number }
  | { readonly method: 'grid'; readonly rankError: number };

/** All that an engine measured. */
export interface EngineResult {
  readonly metrics: SinkSet;
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[];
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Length of the test including graceful stop: the divisor of all rates. */
  readonly ms: number;
  /** True when the signal ended it before its time. */
  readonly interrupted: boolean;
  readonly runners: readonly Runner[];
  /** Progress of each second. */
  readonly series: readonly LoadProgress[];
  /** What limits the numbers' worth, in words: "the generator, not the service, was the limit: ...". */
  readonly warnings: readonly string[];
  readonly percentiles: Percentiles;
  /** Thresholds that the load brought with it, in the options of a script of the user's; judged beside those of the profile. */
  readonly thresholds?: Profile['thresholds'];
}

/** A load test under way. */
export interface LoadRun {
  /** Resolves also when the signal aborts, with what was measured until then; rejects with PricectlError. */
  readonly result: Promise<EngineResult>;
  /**
   * Adds stages to an open-ended ramping-arrival-rate scenario. With `end` the scenario ends after them, else it
   * holds the last target again until the next call.
   */
  extend(stages: readonly Stage[], end: boolean): void;
}

/** What a caller of an engine gives beside the request. */
export interface LoadObserver {
  readonly signal: AbortSignal;
  onProgress(progress: LoadProgress): void;
}

/** Makes load by a profile and measures it with k6's metrics and definitions. */
export interface LoadEngine {
  readonly name: EngineName;
  start(request: LoadRequest, observer: LoadObserver): LoadRun;
}
