import type { LoadRequest } from '../engine.ts';
import type { HistogramTransfer } from '../histogram.ts';
import type { Stage } from '../profile.ts';
import type { SinkSetTransfer } from '../recorder.ts';
import type { WorkerSlot } from './shares.ts';

/** What a worker is started with. */
export interface WorkerPlan {
  readonly request: LoadRequest;
  readonly slot: WorkerSlot;
}

/** What a worker is told. */
export type WorkerCommand =
  | { readonly type: 'start' }
  | { readonly type: 'extend'; readonly nowMs: number; readonly stages: readonly Stage[]; readonly end: boolean }
  | { readonly type: 'stop' };

/** State of a worker, each second and at its end. Counts are since its start. */
export interface WorkerSample {
  readonly elapsedMs: number;
  readonly activeVus: number;
  readonly allocatedVus: number;
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  /** http_req_duration since the last sample. */
  readonly durations: HistogramTransfer;
  /** Part of the time since the last sample, 0 .. 1, in which the worker's event loop was busy. */
  readonly utilization: number;
  /** The worker has ended; this is the rest of a second. */
  readonly isLast: boolean;
}

/** All that a worker measured. */
export interface WorkerResult {
  readonly metrics: SinkSetTransfer;
  /** How much later than due the iterations of an arrival rate started, in milliseconds. */
  readonly lateness: HistogramTransfer;
  /** Responses that told to ask elsewhere. */
  readonly redirects: number;
  /** How many requests got no response, by reason. */
  readonly failures: ReadonlyMap<string, number>;
}

/** What a worker tells: it is ready to start, its state each second, its last state and all that it measured. */
export type WorkerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'sample'; readonly sample: WorkerSample }
  | { readonly type: 'result'; readonly result: WorkerResult };
