import type { ClusterSettings, ServiceSettings, ServiceType, TargetKind } from '../targets/target.ts';

/** Settings of a cluster as flags, environment and settings file give them; undefined is "not said". */
export interface GivenClusterSettings {
  readonly cpuLimitMillicores?: number | undefined;
  readonly memoryLimitBytes?: number | undefined;
  readonly serviceType?: ServiceType | undefined;
  readonly image?: string | undefined;
  readonly registry?: string | undefined;
  readonly baseImage?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memory?: string | undefined;
}

/** The official image with the Node that the project is tested on, of the smaller kind that has a shell to look around with. */
const defaultBaseImage = 'node:26-bookworm-slim';

/** As `resolveSettings`, for what only a cluster knows; null on local. */
export function resolveClusterSettings(given: GivenClusterSettings, running: ServiceSettings | undefined, target: TargetKind): ClusterSettings | null {
  if (target === 'local') return null;
  const before = running?.cluster;
  return {
    cpuLimitMillicores: given.cpuLimitMillicores ?? before?.cpuLimitMillicores ?? 500,
    memoryLimitBytes: given.memoryLimitBytes ?? before?.memoryLimitBytes ?? null,
    serviceType: given.serviceType ?? before?.serviceType ?? (target === 'minikube' ? 'LoadBalancer' : 'ClusterIP'),
    image: given.image ?? before?.image ?? null,
    registry: given.registry ?? before?.registry ?? null,
    baseImage: given.baseImage ?? before?.baseImage ?? defaultBaseImage,
    cpus: given.cpus ?? before?.cpus ?? null,
    memory: given.memory ?? before?.memory ?? null,
  };
}

/** The settings by the names of their flags, as `up` prints changes of them. */
export function describeClusterSettings(settings: ClusterSettings | null): (readonly [string, string])[] {
  if (settings === null) return [];
  const { memoryLimitBytes } = settings;
  return [
    ['cpu-limit', `${settings.cpuLimitMillicores}m`],
    ['memory-limit', memoryLimitBytes === null ? 'what the price list needs' : `${Math.round(memoryLimitBytes / 1_048_576)}Mi`],
    ['service-type', settings.serviceType],
    ['image', settings.image ?? 'built here'],
    ['registry', settings.registry ?? 'none'],
    ['base-image', settings.baseImage],
    ['cpus', settings.cpus === null ? "minikube's choice" : String(settings.cpus)],
    ['memory', settings.memory ?? "minikube's choice"],
  ];
}
