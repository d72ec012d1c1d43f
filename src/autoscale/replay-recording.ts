import type { ScalingBehavior } from './behavior.ts';
import { findReadings, type Reading } from './replay-demand.ts';
import type { RecordedLook } from './replay-look.ts';
import type { ReplaySettings } from './replay-settings.ts';
import { findSyncs, type RecordedSync } from './replay-syncs.ts';
import { findStartup, type Startup } from './replay-startup.ts';

/** What a recording is made of. */
export interface RecordingSource {
  readonly kind: 'emulated' | 'kubernetes';
  readonly looks: readonly RecordedLook[];
  /** All requests a second by the time at which each second ended. */
  readonly load: readonly { readonly elapsedMs: number; readonly requestsPerSecond: number }[];
  readonly own: ReplaySettings;
  readonly behavior: ScalingBehavior;
  readonly cpuRequestMillicores: number;
  /** CPU that one replica can use at most. */
  readonly cpuCapMillicores: number;
}

/** A recorded run as a replay needs it. Times count from the beginning of the load. */
export interface Recording extends Pick<RecordingSource, 'kind' | 'own' | 'behavior' | 'cpuRequestMillicores' | 'cpuCapMillicores'> {
  readonly lengthMs: number;
  /** In order of time; empty when no decision was recorded. */
  readonly syncs: readonly RecordedSync[];
  /** CPU of all replicas, in order of time; empty when none was measured. */
  readonly readings: readonly Reading[];
  /** Age of the newest metric when the autoscaler looks, at the least. */
  readonly metricDelayMs: number;
  /** How long a new replica takes until it is ready. */
  readonly startup: Startup;
}

/** Finds the autoscaler's looks and the CPU demand in what was recorded. */
export function createRecording(source: RecordingSource): Recording {
  const { kind, looks, own, behavior, cpuRequestMillicores, cpuCapMillicores } = source;
  const syncs = findSyncs(kind, looks, own.syncPeriodMs);
  const readings = findReadings(syncs, source.load);
  const delays = syncs.flatMap(({ metricAgeMs }) => metricAgeMs ?? []);
  return {
    kind,
    own,
    behavior,
    cpuRequestMillicores,
    cpuCapMillicores,
    lengthMs: looks.at(-1)?.ms ?? 0,
    syncs,
    readings,
    metricDelayMs: delays.reduce((least, delay) => Math.min(least, delay), delays[0] ?? 0),
    startup: findStartup(looks, syncs),
  };
}
