/** CPU and requests over the same stretch of time. */
export interface CostSample {
  /** CPU of all replicas, in millicores. */
  readonly serverMillicores: number;
  /** CPU of the load generator, in millicores. */
  readonly generatorMillicores: number;
  readonly requestsPerSecond: number;
}

/** What a rate is aimed at. */
export interface Aim {
  /** CPU that all replicas together are to use, in millicores. */
  readonly wantedMillicores: number;
  readonly cores: number;
}

/** The rate that meets an aim. */
export interface AimedRate {
  /** Requests a second. */
  readonly rate: number;
  /** True when service and generator together would have passed their share of the cores. */
  readonly isLowered: boolean;
}

/** Share of the machine's cores that service and generator together may use: beyond it they wait for each other. */
export const coreShare = 0.8;

/**
 * The rate at which requests that cost as much as the sample's would use the wanted CPU, or less when the machine is too small for it.
 * Null when the sample has no load or no CPU to learn from.
 */
export function aimRate(sample: CostSample, aim: Aim): AimedRate | null {
  const { serverMillicores, generatorMillicores, requestsPerSecond } = sample;
  if (!(requestsPerSecond > 0 && serverMillicores > 0)) return null;
  const wanted = (aim.wantedMillicores * requestsPerSecond) / serverMillicores;
  const most = (coreShare * aim.cores * 1_000 * requestsPerSecond) / (serverMillicores + generatorMillicores);
  return { rate: Math.round(Math.min(wanted, most)), isLowered: most < wanted };
}
