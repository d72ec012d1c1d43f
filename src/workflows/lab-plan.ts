import type { Profile } from '../load/profile.ts';
import { profileLengthMs } from '../load/profile-description.ts';
import { buildProfile } from '../load/profile-builder.ts';
import type { TargetKind } from '../targets/target.ts';
import { quickLegs, quickLengthMs, type QuickLegs, quickProfile, quickSettings } from './quick-load.ts';
import type { GivenSettings } from './service-settings.ts';

/** What a lab was asked for. */
export interface LabChoice {
  readonly target: TargetKind;
  readonly profile: 'quick' | 'seed';
  /** Settings of the service that flags, environment or file give. */
  readonly given: GivenSettings;
  /** A load of the user's own instead of the profile's. */
  readonly ownLoad: Profile | undefined;
  readonly thresholds: readonly string[] | undefined;
}

/** What a lab will do. */
export interface LabPlan {
  readonly given: GivenSettings;
  readonly profile: Profile;
  /** Length of the load in milliseconds. */
  readonly totalMs: number;
  /** The parts of a load that follows what a request costs (`steerQuickLoad`); undefined for one that doesn't. */
  readonly legs: QuickLegs | undefined;
}

/** Virtual users of the quick profile: requests of a local service take about a millisecond, and a pause of the machine much longer. */
const quickVus = { preAllocatedVus: 100, maxVus: 1_000 };

/** Settings and load of a lab: the profile's, where the user doesn't say otherwise. Throws UsageError for bad thresholds. */
export function planLab(choice: LabChoice): LabPlan {
  const profileSettings: GivenSettings = choice.profile === 'quick' ? quickSettings(choice.target) : {};
  const max = choice.given.max ?? Math.max(profileSettings.max ?? 10, choice.given.min ?? 0);
  // On local port 0 takes a free one: what the environment says of ports is meant for the service that stays.
  const port = choice.target === 'local' ? 0 : 8_080;
  const given = { ...definedOf(profileSettings), ...definedOf(choice.given), max, port };
  const judged = buildProfile({ thresholds: choice.thresholds });
  const isSteered = choice.ownLoad === undefined && choice.profile === 'quick';
  const profile = choice.ownLoad ?? (isSteered ? quickProfile(judged.thresholds, quickVus) : judged);
  const legs = isSteered ? quickLegs(choice.target) : undefined;
  return { given, profile, totalMs: legs === undefined ? (profileLengthMs(profile) ?? 0) : quickLengthMs(legs), legs };
}

function definedOf(given: GivenSettings): GivenSettings {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
