import type { PriceData } from '../../prices/table.ts';
import type { ClusterSettings, ServiceSettings } from '../target.ts';

/** How a price list gets into the pods. */
export type PricesDelivery =
  /** In a ConfigMap, as it is or gzipped (base64); `data` describes the list itself. */
  | { readonly kind: 'text'; readonly text: string; readonly data: PriceData }
  | { readonly kind: 'gzip'; readonly base64: string; readonly data: PriceData }
  /** The ConfigMap that is there stays. */
  | { readonly kind: 'kept'; readonly data: PriceData }
  /** Each pod downloads it. */
  | { readonly kind: 'url'; readonly url: string };

/** All that the manifests of one service are made of. */
export interface ManifestValues {
  readonly namespace: string;
  readonly name: string;
  /** Whether the namespace is made by us: one that was there is used as it is and has no manifest. */
  readonly ownsNamespace: boolean;
  /** Version of pricectl. */
  readonly version: string;
  readonly image: string;
  readonly settings: ServiceSettings & { readonly cluster: ClusterSettings };
  readonly memoryLimitBytes: number;
  readonly prices: PricesDelivery;
}
