import { type ScalingBehavior, validateBehavior } from './behavior.ts';
import { validateBounds } from './bounds.ts';
import { UsageError } from '../tools/errors.ts';

/** The settings that a replay varies. */
export interface ReplaySettings {
  readonly min: number;
  readonly max: number;
  /** Percent of the CPU request. */
  readonly cpuTarget: number;
  readonly scaleDownWindowMs: number;
  readonly syncPeriodMs: number;
  readonly metricResolutionMs: number;
}

/** A snapshot a second tells nothing about what happens within one. */
const shortestPeriodMs = 1_000;

/** The behavior with the settings' scale-down window. */
export function behaviorOf(behavior: ScalingBehavior, { scaleDownWindowMs }: ReplaySettings): ScalingBehavior {
  return { ...behavior, scaleDown: { ...behavior.scaleDown, stabilizationWindowMs: scaleDownWindowMs } };
}

/** Checks settings that aren't the recording's own. Throws UsageError for those that an autoscaler would refuse, and for periods under a second. */
export function validateReplaySettings(settings: ReplaySettings, own: ReplaySettings, behavior: ScalingBehavior): void {
  const { min, max, cpuTarget } = settings;
  validateBounds({ minReplicas: min, maxReplicas: max, cpuTarget });
  validateBehavior(behaviorOf(behavior, settings));
  const periods = [
    ['--sync-period', settings.syncPeriodMs, own.syncPeriodMs],
    ['--metric-resolution', settings.metricResolutionMs, own.metricResolutionMs],
  ] as const;
  for (const [flag, periodMs, ownMs] of periods) {
    if (periodMs >= shortestPeriodMs || periodMs === ownMs) continue;
    throw new UsageError('PRICECTL_E_USAGE', `${flag} must be at least 1s: the run was recorded once a second`);
  }
}
