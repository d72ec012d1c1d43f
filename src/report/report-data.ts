import type { ScalingBehavior } from '../autoscale/behavior.ts';
import type { Distribution } from '../load/distribution.ts';
import type { LoadProgress } from '../load/engine.ts';
import type { LoadTestResult } from '../load/summary.ts';

/** The service that was loaded. Null is unknown. */
export interface ReportService {
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly autoscaler: 'kubernetes' | 'emulated' | null;
  readonly image: string | null;
  /** Rows and SHA-256 of the price list that it served. */
  readonly prices: { readonly rows: number; readonly sha256: string } | null;
}

/** What that service ran with. */
export interface ReportSettings {
  readonly min: number;
  readonly max: number;
  /** Percent of the CPU request. */
  readonly cpuTarget: number;
  readonly cpuRequestMillicores: number;
  /** How often the emulated autoscaler looks. */
  readonly syncPeriodMs: number;
  readonly metricResolutionMs: number;
  readonly behavior: ScalingBehavior;
}

/** Replicas and CPU at one moment; null is unknown. */
export interface ReportScalingPoint {
  /** Milliseconds since the load began. */
  readonly ms: number;
  readonly desired: number;
  readonly ready: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Average CPU of ready replicas, percent of the request. */
  readonly cpuPercent: number | null;
  readonly cpuTarget: number | null;
  /** Between these the autoscaler does nothing, percent of the request. */
  readonly tolerance: { readonly low: number; readonly high: number } | null;
}

/** A decision that changed the number of replicas. */
export interface ReportDecision {
  /** Milliseconds since the load began. */
  readonly ms: number;
  readonly from: number;
  readonly to: number;
  /** The autoscaler's words. */
  readonly explanation: string;
}

/** What one pod did while the load went on. */
export interface ReportPod {
  readonly name: string;
  /** When it was seen first and last, in milliseconds since the load began. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Milliseconds since the load began until it was seen ready; null when it never was. */
  readonly readyMs: number | null;
  /** Requests that it was seen to answer meanwhile; null when it never told. */
  readonly requests: number | null;
  readonly restarts: number;
}

/** A command to repeat something with. */
export interface ReportCommand {
  /** What for, a few words. */
  readonly purpose: string;
  /** As a POSIX shell reads it. */
  readonly line: string;
}

/** A run as its report shows it, at full resolution: `report --format json`. */
export interface ReportData {
  readonly result: LoadTestResult;
  /** Null when it wasn't one of ours. */
  readonly service: ReportService | null;
  /** Null when they aren't known. */
  readonly settings: ReportSettings | null;
  /** The load, about once a second. */
  readonly load: readonly LoadProgress[];
  /** The service, about once a second; empty when it wasn't one of ours. */
  readonly scaling: readonly ReportScalingPoint[];
  readonly decisions: readonly ReportDecision[];
  /** How long requests took; null when that isn't recorded. */
  readonly distribution: Distribution | null;
  /** Every pod that was seen, in the order of their coming; empty when the service wasn't one of ours. */
  readonly pods: readonly ReportPod[];
  readonly commands: readonly ReportCommand[];
  /** What of the record is missing or damaged, a sentence each. */
  readonly problems: readonly string[];
}
