import type { ClusterPlatform } from './cluster-platform.ts';
import type { ClusterService } from './cluster-service.ts';
import type { ServiceImages } from './service-images.ts';
import type { ServiceRecord } from './service-record.ts';

/** All that a cluster target works with. */
export interface ClusterParts {
  readonly service: ClusterService;
  readonly platform: ClusterPlatform;
  readonly images: ServiceImages;
  readonly record: ServiceRecord;
  /** Folder of the manifests' templates. */
  readonly templatesFolder: string;
  /** Version of pricectl. */
  readonly version: string;
}
