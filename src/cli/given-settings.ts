import { resolve } from 'node:path';
import { parsePriceSource } from '../prices/source.ts';
import type { ServiceType } from '../targets/target.ts';
import type { GivenSettings } from '../workflows/service-settings.ts';

/** Values of the flags that say what a service runs with. */
export interface ServiceFlagValues {
  readonly prices?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly 'cpu-target'?: number | undefined;
  readonly 'cpu-request'?: number | undefined;
  readonly 'scale-down-window'?: number | undefined;
  readonly port?: number | undefined;
  readonly 'sync-period'?: number | undefined;
  readonly 'metric-resolution'?: number | undefined;
  readonly 'cpu-limit'?: number | undefined;
  readonly 'memory-limit'?: number | undefined;
  readonly 'service-type'?: ServiceType | undefined;
  readonly image?: string | undefined;
  readonly registry?: string | undefined;
  readonly 'base-image'?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memory?: string | undefined;
}

/** The settings that flags, environment and settings file give; a file's path is made absolute from `folder`. Throws UsageError for prices that can't be. */
export function toGivenSettings(flags: ServiceFlagValues, folder: string): GivenSettings {
  return {
    prices: flags.prices === undefined ? undefined : absolutePrices(flags.prices, folder),
    min: flags.min,
    max: flags.max,
    cpuTarget: flags['cpu-target'],
    cpuRequestMillicores: flags['cpu-request'],
    scaleDownWindowMs: flags['scale-down-window'],
    port: flags.port,
    syncPeriodMs: flags['sync-period'],
    metricResolutionMs: flags['metric-resolution'],
    cluster: {
      cpuLimitMillicores: flags['cpu-limit'],
      memoryLimitBytes: flags['memory-limit'],
      serviceType: flags['service-type'],
      image: flags.image,
      registry: flags.registry,
      baseImage: flags['base-image'],
      cpus: flags.cpus,
      memory: flags.memory,
    },
  };
}

function absolutePrices(prices: string, folder: string): string {
  return parsePriceSource(prices).kind === 'url' ? prices : resolve(folder, prices);
}
