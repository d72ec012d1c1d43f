import { access } from 'node:fs/promises';
import { describePriceData } from '../../prices/describe-data.ts';
import { describePriceSource, parsePriceSource, type PriceSource } from '../../prices/source.ts';
import type { PriceData } from '../../prices/table.ts';
import type { ConfigMap } from '../../tools/kube-objects.ts';
import type { Step } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { PricesDelivery } from './manifest-values.ts';
import { deliverPrices } from './prices-delivery.ts';
import { isReachable, readRunningSettings } from './running-settings.ts';
import { parsePriceData } from './price-data.ts';
import { pricesAnnotation, pricesName, servicePaths } from './service-objects.ts';

/** Which price list is wanted. */
export interface PricesToDeliver {
  /** Absolute path of a file, or an http(s) URL. */
  readonly prices: string;
  /** Whether what the cluster has is enough. */
  readonly keeps: boolean;
}

/**
 * The step of `up` and `prices push` that reads the price list and makes it ready to go to the pods: a bad one never leaves the machine. With `keeps`,
 * a file that the running service got from elsewhere, and that isn't here, stays as the cluster has it. Throws what loading the list throws.
 */
export function pricesStep(parts: ClusterParts, { prices, keeps }: PricesToDeliver, onDelivery: (prices: PricesDelivery) => void): Step {
  return {
    title: 'prices',
    async run({ signal, progress }) {
      const source = parsePriceSource(prices);
      const { served, from } = await lookAtDelivered(parts, signal);
      const isSameSource = from === prices;
      if (keeps && served !== undefined && isSameSource && (await isElsewhere(source))) {
        onDelivery({ kind: 'kept', data: served });
        return { outcome: 'unchanged', detail: `${describePriceData(served)}, as the cluster has them` };
      }
      progress('reading');
      const delivery = await deliverPrices(prices, signal);
      onDelivery(delivery);
      if (delivery.kind === 'url') return { outcome: isSameSource ? 'unchanged' : 'done', detail: `each pod downloads ${describePriceSource(source)}` };
      const outcome = served?.sha256 === delivery.data.sha256 ? 'unchanged' : 'done';
      return { outcome, detail: describePriceData(delivery.data) };
    },
  };
}

interface Delivered {
  /** What the ConfigMap of the service holds; undefined when there is none. */
  readonly served: PriceData | undefined;
  /** Where the running service got its prices. */
  readonly from: string | undefined;
}

/** Nothing where there is no cluster. */
async function lookAtDelivered(parts: ClusterParts, signal: AbortSignal): Promise<Delivered> {
  if (!(await isReachable(parts, signal))) return { served: undefined, from: undefined };
  const { identity } = parts.service;
  const api = await parts.service.api(signal);
  const [running, found] = await Promise.all([
    readRunningSettings(parts, signal),
    api.find<ConfigMap>(`${servicePaths(identity).configMaps}/${pricesName(identity.name)}`, signal),
  ]);
  return { served: parsePriceData(found?.metadata.annotations?.[pricesAnnotation]), from: running?.prices };
}

async function isElsewhere(source: PriceSource): Promise<boolean> {
  if (source.kind === 'url') return false;
  return access(source.path).then(
    () => false,
    () => true,
  );
}
