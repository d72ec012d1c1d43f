import type { EngineName } from '../../load/engine.ts';
import { formatDuration } from '../../load/duration.ts';
import { describeProfile, profileLengthMs } from '../../load/profile-description.ts';
import type { Profile } from '../../load/profile.ts';

/** What load is coming, how long it takes and when it ends; how to shorten it when nobody said how long. */
export function presentLoadStart(profile: Profile, engine: EngineName, nowMs: number, totalMs = profileLengthMs(profile)): string {
  const end = totalMs === null ? '' : `, until ${new Date(nowMs + totalMs).toTimeString().slice(0, 8)}`;
  const length = totalMs === null ? '' : `${formatDuration(totalMs)}, `;
  const advice = profile.name === 'seed' ? '; --duration or --stages make it shorter' : '';
  return `\nLoad: ${describeProfile(profile)}\n      ${length}${profile.name} profile, ${engine} engine${end}${advice}`;
}
