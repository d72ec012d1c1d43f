import type { PriceData } from '../prices/table.ts';
import { notUp } from '../targets/not-up.ts';
import type { Snapshot, Target, TargetKind } from '../targets/target.ts';

/** What one replica serves; null when it doesn't say. */
export interface PodPrices {
  readonly name: string;
  readonly ready: boolean;
  readonly sha256: string | null;
  /** Why it isn't ready, or did not take newer prices; null when all is well. */
  readonly problem: string | null;
}

/** What each replica of a service serves. */
export interface PricesShowResult {
  readonly target: TargetKind;
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  /** Where the service gets its prices. */
  readonly source: string;
  /** What all replicas serve; null when they differ or one doesn't say. */
  readonly prices: PriceData | null;
  /** Whether all replicas that are ready serve the same. */
  readonly same: boolean;
  readonly pods: readonly PodPrices[];
}

/** Asks each replica what it serves. Throws EnvironmentError when the service isn't up. */
export async function showPrices(target: Target, describe: (prices: string) => string, signal: AbortSignal): Promise<PricesShowResult> {
  const running = await target.runningSettings(signal);
  const snapshot = await target.snapshot(signal);
  if (running === undefined || snapshot.state === 'absent') throw notUp();
  const pods = podPrices(snapshot);
  const served = new Set(pods.filter((pod) => pod.ready).map((pod) => pod.sha256));
  const same = served.size === 1 && !served.has(null);
  return { ...target.identity, source: describe(running.prices), prices: snapshot.prices, same, pods };
}

/** What the replicas of a snapshot serve. */
export function podPrices({ pods }: Snapshot): readonly PodPrices[] {
  return pods.map(({ name, ready, pricesSha256, problem }) => ({ name, ready, sha256: pricesSha256, problem }));
}
