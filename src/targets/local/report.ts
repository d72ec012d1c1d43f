import type { HttpClient } from '../../tools/http.ts';
import { commonPriceData, describeRejection, type ServedPrices } from '../served-prices.ts';
import type { PodSnapshot } from '../target.ts';
import { type Report, protocolVersion, type Rollout, type Wish } from './control-protocol.ts';
import type { Replica } from './replica.ts';
import type { ReplicaMeter } from './replica-meter.ts';
import type { ReplicaSet } from './replica-set.ts';
import { askPriceData } from './replica-version.ts';

/** What a report is made of. */
export interface ReportSources {
  readonly isEnding: boolean;
  readonly wish: Wish;
  readonly replicaSet: Pick<ReplicaSet, 'replicas' | 'desired' | 'isUpdated'>;
  readonly meter: Pick<ReplicaMeter, 'usage' | 'reading'>;
  readonly http: HttpClient;
  /** Asked when the replicas have answered: it may have looked meanwhile. */
  readonly autoscaler: () => Omit<Report['autoscaler'], 'cpuPercent'>;
}

/** Puts together what a supervisor says of its replicas; asks each of them which prices it has. */
export async function makeReport(sources: ReportSources): Promise<Report> {
  const { isEnding, wish, replicaSet, meter, http } = sources;
  const asked = replicaSet.replicas.filter((replica) => replica.phase === 'ready');
  const prices = new Map(await Promise.all(asked.map(async (replica) => [replica, await askPriceData(http, replica.socketPath)] as const)));
  const { replicas } = replicaSet;
  const ready = replicas.filter((replica) => replica.phase === 'ready');
  return {
    protocolVersion,
    pid: process.pid,
    isEnding,
    wish,
    rollout: describeRollout(replicaSet),
    ready: ready.length,
    autoscaler: { cpuPercent: averageCpuPercent(ready, meter, wish.settings.cpuRequestMillicores), ...sources.autoscaler() },
    pods: replicas.map((replica) => describePod(replica, meter, prices.get(replica))),
    prices: commonPriceData([...prices.values()]),
  };
}

function describeRollout(replicaSet: ReportSources['replicaSet']): Rollout {
  const staying = replicaSet.replicas.filter((replica) => replica.isStaying);
  const updated = staying.filter((replica) => replicaSet.isUpdated(replica));
  const failed = updated.find((replica) => replica.hasFailedFinally);
  return {
    desired: replicaSet.desired,
    updated: updated.length,
    updatedReady: updated.filter((replica) => replica.phase === 'ready').length,
    outdated: staying.length - updated.length,
    failure: failed === undefined ? null : { pod: failed.name, reason: failed.lastExit ?? 'ended', lastLines: failed.lastLines },
  };
}

function describePod(replica: Replica, meter: ReportSources['meter'], prices: ServedPrices | undefined): PodSnapshot {
  const usage = meter.usage(replica);
  const reading = meter.reading(replica);
  return {
    name: replica.name,
    ready: replica.phase === 'ready',
    terminating: !replica.isStaying,
    restarts: replica.restarts,
    cpuMillicores: usage?.millicores ?? null,
    memoryBytes: reading?.memoryBytes ?? null,
    requests: reading?.requests ?? null,
    requestsPerSecond: usage?.requestsPerSecond ?? null,
    pricesSha256: prices?.sha256 ?? null,
    problem: replica.problem ?? (describeRejection(prices)),
  };
}

/** Ratio of the sums over those that were measured, cut to a whole percent as the autoscaler does. */
function averageCpuPercent(ready: readonly Replica[], meter: ReportSources['meter'], requestMillicores: number): number | null {
  const usages = ready.flatMap((replica) => meter.usage(replica) ?? []);
  if (usages.length === 0) return null;
  const sum = usages.reduce((total, usage) => total + usage.millicores, 0);
  return Math.trunc((sum * 100) / (requestMillicores * usages.length));
}
