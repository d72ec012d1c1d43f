import type { Recording } from './replay-recording.ts';
import { type ReplaySettings, validateReplaySettings } from './replay-settings.ts';

/**
 * Settings that are tried beside given ones: each has one of them changed to a value near it. How often Kubernetes' controller looks is nobody's to
 * set who uses a cluster, so that isn't tried there.
 */
export function listNeighbours(center: ReplaySettings, recording: Pick<Recording, 'kind' | 'own' | 'behavior'>): readonly ReplaySettings[] {
  const { min, max, cpuTarget, scaleDownWindowMs, syncPeriodMs, metricResolutionMs } = center;
  const tried: readonly Partial<ReplaySettings>[] = [
    ...[-20, -10, 10, 20].map((change) => ({ cpuTarget: cpuTarget + change })),
    ...[min - 1, min + 1, min + 2].map((value) => ({ min: value })),
    ...[Math.round(max / 2), max - 2, max + 2, max * 2].map((value) => ({ max: value })),
    ...[toSeconds(scaleDownWindowMs / 2), scaleDownWindowMs * 2, 300_000].map((value) => ({ scaleDownWindowMs: value })),
    ...(recording.kind === 'kubernetes' ? [] : [toSeconds(syncPeriodMs / 2), syncPeriodMs * 2]).map((value) => ({ syncPeriodMs: value })),
    // A finer one can't be known: the recording holds averages.
    { metricResolutionMs: metricResolutionMs * 2 },
  ];
  const settings = tried.map((change) => ({ ...center, ...change })).filter((other) => isValid(other, recording));
  const different = new Map(settings.map((other) => [JSON.stringify(other), other]));
  different.delete(JSON.stringify(center));
  return [...different.values()];
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1_000) * 1_000;
}

function isValid(settings: ReplaySettings, { own, behavior }: Pick<Recording, 'own' | 'behavior'>): boolean {
  try {
    validateReplaySettings(settings, own, behavior);
    return true;
  } catch {
    return false;
  }
}
