import type { ReplaySettings } from '../autoscale/replay-settings.ts';

/** Values of the flags of `autoscaler replay`. */
interface ReplayFlagValues {
  readonly 'cpu-target'?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly 'scale-down-window'?: number | undefined;
  readonly 'sync-period'?: number | undefined;
  readonly 'metric-resolution'?: number | undefined;
}

/** The settings that flags give. */
export function toReplayChanges(flags: ReplayFlagValues): Partial<ReplaySettings> {
  const { min, max, 'cpu-target': cpuTarget, 'scale-down-window': scaleDownWindowMs } = flags;
  const { 'sync-period': syncPeriodMs, 'metric-resolution': metricResolutionMs } = flags;
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(cpuTarget !== undefined && { cpuTarget }),
    ...(scaleDownWindowMs !== undefined && { scaleDownWindowMs }),
    ...(syncPeriodMs !== undefined && { syncPeriodMs }),
    ...(metricResolutionMs !== undefined && { metricResolutionMs }),
  };
}
