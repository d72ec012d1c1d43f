import type { RecordingSource } from '../autoscale/replay-recording.ts';
import type { ReplaySettings } from '../autoscale/replay-settings.ts';
import type { ServiceSettings } from '../targets/target.ts';
import { NegativeError } from '../tools/errors.ts';
import type { RunData } from './run-data.ts';

/** How often Kubernetes' controller looks (--horizontal-pod-autoscaler-sync-period); a cluster doesn't tell. */
const kubernetesSyncPeriodMs = 15_000;

/** A local replica answers on one thread. */
const localCapMillicores = 1_000;

/** The part of a run that a replay works on. Throws NegativeError `PRICECTL_E_NOTHING_TO_REPLAY` for a run without snapshots, settings or decisions. */
export function toRecordingSource({ record, samples, series }: RunData): RecordingSource {
  const { settings, result } = record;
  const refuse = (why: string) => new NegativeError('PRICECTL_E_NOTHING_TO_REPLAY', `run ${result.id} can't be replayed: ${why}`, { hints: ['pricectl lab', 'pricectl runs list'] });
  if (record.service === null) throw refuse('the service was not one of ours, so its replicas were not recorded');
  if (settings === null) throw refuse('it was recorded without the settings of its service');
  const looks = samples.map(({ ms, snapshot }) => ({
    ms,
    atMs: snapshot.atMs,
    desired: snapshot.replicas.desired,
    ready: snapshot.replicas.ready,
    decision: snapshot.autoscaler.decision ?? null,
    pods: snapshot.pods.map(({ name, requestsPerSecond }) => ({ name, requestsPerSecond })),
  }));
  if (looks.length < 2) throw refuse('it has no snapshots of the service');
  if (looks.every(({ decision }) => decision === null)) throw refuse('no decision of the autoscaler was recorded');
  const kind = record.service.target === 'local' ? 'emulated' : 'kubernetes';
  return {
    kind,
    looks,
    load: series,
    own: replaySettingsOf(settings, kind),
    behavior: settings.behavior,
    cpuRequestMillicores: settings.cpuRequestMillicores,
    cpuCapMillicores: settings.cluster?.cpuLimitMillicores ?? localCapMillicores,
  };
}

function replaySettingsOf(settings: ServiceSettings, kind: RecordingSource['kind']): ReplaySettings {
  const { min, max, cpuTarget, behavior, syncPeriodMs, metricResolutionMs } = settings;
  return {
    min,
    max,
    cpuTarget,
    scaleDownWindowMs: behavior.scaleDown.stabilizationWindowMs,
    syncPeriodMs: kind === 'kubernetes' ? kubernetesSyncPeriodMs : syncPeriodMs,
    metricResolutionMs,
  };
}
