import { buildProfile } from '../load/profile-builder.ts';
import type { LoadRequest } from '../load/engine.ts';
import type { Profile } from '../load/profile.ts';
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

/** The profile that the flags ask for, or that of a script. Throws UsageError. */
export function profileFrom(flags: LoadFlagValues & { readonly script?: string | undefined }): Profile {
  const { vus, stages, duration, rate, threshold, script } = flags;
  if (script !== undefined) return scriptProfile(script, flags);
  return buildProfile({ vus, stages, durationMs: duration, rate, thinkTimeMs: flags['think-time'], thresholds: threshold });
}

/** A script says itself what load it makes, and brings its own thresholds. */
function scriptProfile(file: string, flags: LoadFlagValues): Profile {
  const shaping = ['vus', 'stages', 'duration', 'rate', 'think-time', 'ids'] as const;
  const given = shaping.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new UsageError('PRICECTL_E_USAGE', `--${given} goes without --script, which says itself what load it makes`);
  const { thresholds, gracefulStopMs } = buildProfile({ thresholds: flags.threshold });
  return { name: 'script', scenario: { executor: 'script', file }, thinkTimeMs: 0, thresholds: flags.threshold === undefined ? {} : thresholds, gracefulStopMs };
}

/** The request to an engine for a profile. */
export function toLoadRequest(profile: Profile, url: string, ids: readonly string[], flags: LoadFlagValues): LoadRequest {
  return { profile, url, ids, resend: flags.resend ?? true, requestTimeoutMs };
}
