import { buildProfile } from '../load/profile-builder.ts';
import type { LoadRequest } from '../load/engine.ts';
import type { Profile } from '../load/profile.ts';

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

/** The profile that the flags ask for. Throws UsageError. */
export function profileFrom(flags: LoadFlagValues): Profile {
  const { vus, stages, duration, rate, threshold } = flags;
  return buildProfile({ vus, stages, durationMs: duration, rate, thinkTimeMs: flags['think-time'], thresholds: threshold });
}

/** The request to an engine for a profile. */
export function toLoadRequest(profile: Profile, url: string, ids: readonly string[], flags: LoadFlagValues): LoadRequest {
  return { profile, url, ids, resend: flags.resend ?? true, requestTimeoutMs };
}
