import type { ClusterSettings, ServiceSettings } from '../target.ts';

/** The part of the settings that a cluster always has. Throws Error for those of a local service, which never get here. */
export function clusterSettings({ cluster }: ServiceSettings): ClusterSettings {
  if (cluster === null) throw new Error('the settings of a local service are no settings of a cluster');
  return cluster;
}
