import type { Decision } from './decision.ts';

/** One snapshot of a recorded run, as far as a replay needs it. */
export interface RecordedLook {
  /** Since the load began, by a clock that never jumps. */
  readonly ms: number;
  /** The same moment by the service's clock, since the epoch. */
  readonly atMs: number;
  readonly desired: number;
  readonly ready: number;
  /** The autoscaler's last one. */
  readonly decision: Decision | null;
  readonly pods: readonly { readonly name: string; readonly requestsPerSecond: number | null }[];
}
