import type { PriceData } from '../prices/table.ts';
import type { AutoscalerSnapshot, PodSnapshot, ServiceState, Snapshot, TargetKind } from '../targets/target.ts';

/** One replica in `status`; null is unknown. */
export type StatusPod = Pick<PodSnapshot, 'name' | 'ready' | 'restarts' | 'cpuMillicores' | 'memoryBytes' | 'pricesSha256' | 'problem'>;

/** The service at one look. */
export interface StatusResult {
  readonly state: ServiceState;
  readonly target: TargetKind;
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly url: string | null;
  readonly replicas: Snapshot['replicas'];
  readonly autoscaler: Pick<AutoscalerSnapshot, 'kind' | 'cpuPercent' | 'cpuTarget' | 'explanation'>;
  readonly pods: readonly StatusPod[];
  readonly prices: PriceData | null;
  /** What is wrong with the service as a whole and what mends it, or null. */
  readonly problem: string | null;
}

/** A snapshot as `status` shows it. */
export function toStatus(snapshot: Snapshot): StatusResult {
  const { state, identity, url, replicas, prices, problem } = snapshot;
  const { kind, cpuPercent, cpuTarget, explanation } = snapshot.autoscaler;
  const pods = snapshot.pods.map(({ name, ready, restarts, cpuMillicores, memoryBytes, pricesSha256, problem }) => ({
    name,
    ready,
    restarts,
    cpuMillicores,
    memoryBytes,
    pricesSha256,
    problem,
  }));
  return { state, ...identity, url, replicas, autoscaler: { kind, cpuPercent, cpuTarget, explanation }, pods, prices, problem };
}
