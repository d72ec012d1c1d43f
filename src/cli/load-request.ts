import { buildProfile } from '../load/profile-builder.ts';
import type { LoadRequest } from '../load/engine.ts';
import type { Profile } from '../load/profile.ts';
import type { TargetKind } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';

/** Values of the flags that say what load to make. */
export interface LoadFlagValues {
  readonly vus?: number | undefined;
  readonly stages?: string | undefined;
  readonly duration?: number | undefined;
  readonly rate?: string | undefined;
  readonly 'think-time'?: number | undefined;
  readonly ids?: string | undefined;
  readonly threshold?: readonly string[] | undefined;
  readonly resend?: boolean | undefined;
}

/** k6's default limit of one request. */
const requestTimeoutMs = 60_000;

/** Where load is made: by this process, or by a Job beside the service. */
export type LoadPlace = 'here' | 'in-cluster';

/** Where the flags want the load to be made. Throws UsageError for a service that is in no cluster; `target` is null for one that isn't ours. */
export function loadPlaceOf(flags: { readonly 'in-cluster'?: boolean | undefined }, target: TargetKind | null): LoadPlace {
  if (flags['in-cluster'] !== true) return 'here';
  if (target === 'minikube' || target === 'kube') return 'in-cluster';
  const why = target === null ? 'the service at --url is not ours' : 'this service runs on this machine';
  throw new UsageError('PRICECTL_E_USAGE', `--in-cluster makes load in the cluster of a service, and ${why}`);
}

/** The profile that the flags ask for. Throws UsageError. */
export function profileFrom(flags: LoadFlagValues): Profile {
  const { vus, stages, duration, rate, threshold } = flags;
  return buildProfile({ vus, stages, durationMs: duration, rate, thinkTimeMs: flags['think-time'], thresholds: threshold });
}

/** The request to an engine for a profile. */
export function toLoadRequest(profile: Profile, url: string, ids: readonly string[], flags: LoadFlagValues): LoadRequest {
  return { profile, url, ids, resend: flags.resend ?? true, requestTimeoutMs };
}
