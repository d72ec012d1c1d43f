import { createBehavior } from '../autoscale/behavior.ts';
import { describePriceSource, parsePriceSource } from '../prices/source.ts';
import type { ServiceSettings, TargetKind } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';
import { describeClusterSettings, type GivenClusterSettings, resolveClusterSettings } from './cluster-settings.ts';

/** Settings as flags, environment and settings file give them; undefined is "not said". */
export interface GivenSettings {
  readonly prices?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly cpuTarget?: number | undefined;
  readonly cpuRequestMillicores?: number | undefined;
  readonly scaleDownWindowMs?: number | undefined;
  /** Period of the scaling policies; only `lab` gives one. */
  readonly policyPeriodMs?: number | undefined;
  readonly port?: number | undefined;
  readonly syncPeriodMs?: number | undefined;
  readonly metricResolutionMs?: number | undefined;
  readonly cluster?: GivenClusterSettings | undefined;
}

/** One setting that `up` changes, in the words of its flag. */
export interface SettingChange {
  readonly setting: string;
  readonly from: string;
  readonly to: string;
}

/** Shortest time between two looks of the autoscaler, and between two measurements: each of them takes some milliseconds. */
const shortestPeriodMs = 100;

const defaults = {
  min: 3,
  max: 10,
  cpuTarget: 50,
  cpuRequestMillicores: 100,
  scaleDownWindowMs: 300_000,
  policyPeriodMs: 15_000,
  port: 8_080,
  syncPeriodMs: 15_000,
  metricResolutionMs: 15_000,
};

/** What settings are resolved against. */
export interface SettingsContext {
  /** What the service runs with now. */
  readonly running: ServiceSettings | undefined;
  /** Price list of a first `up`. */
  readonly defaultPrices: string;
  readonly target: TargetKind;
}

/**
 * What a service is to run with: what was given, else what it runs with now, else the default.
 * Throws UsageError for combinations that make no sense.
 */
export function resolveSettings(given: GivenSettings, { running, defaultPrices, target }: SettingsContext): ServiceSettings {
  const settings: ServiceSettings = {
    prices: given.prices ?? running?.prices ?? defaultPrices,
    min: given.min ?? running?.min ?? defaults.min,
    max: given.max ?? running?.max ?? Math.max(defaults.max, given.min ?? 0),
    cpuTarget: given.cpuTarget ?? running?.cpuTarget ?? defaults.cpuTarget,
    cpuRequestMillicores: given.cpuRequestMillicores ?? running?.cpuRequestMillicores ?? defaults.cpuRequestMillicores,
    port: given.port ?? running?.port ?? defaults.port,
    syncPeriodMs: given.syncPeriodMs ?? running?.syncPeriodMs ?? defaults.syncPeriodMs,
    metricResolutionMs: given.metricResolutionMs ?? running?.metricResolutionMs ?? defaults.metricResolutionMs,
    behavior: createBehavior({
      scaleDownWindowMs: given.scaleDownWindowMs ?? running?.behavior.scaleDown.stabilizationWindowMs ?? defaults.scaleDownWindowMs,
      policyPeriodMs: given.policyPeriodMs ?? running?.behavior.scaleUp.policies[0]?.periodMs ?? defaults.policyPeriodMs,
    }),
    cluster: resolveClusterSettings(given.cluster ?? {}, running, target),
  };
  checkSettings(settings);
  return settings;
}

function checkSettings({ min, max, syncPeriodMs, metricResolutionMs }: ServiceSettings): void {
  if (min > max) throw new UsageError('PRICECTL_E_USAGE', `--min ${min} is more than --max ${max}`);
  if (syncPeriodMs < shortestPeriodMs) throw new UsageError('PRICECTL_E_USAGE', '--sync-period must be at least 100ms, such as 15s');
  if (metricResolutionMs < shortestPeriodMs) throw new UsageError('PRICECTL_E_USAGE', '--metric-resolution must be at least 100ms, such as 15s');
}

/** What differs between the settings that a service has and those that it gets, by the names of the flags; URLs without what may be secret in them. */
export function settingChanges(from: ServiceSettings, to: ServiceSettings): readonly SettingChange[] {
  const before = describeSettings(from);
  const isOtherList = from.prices !== to.prices;
  return describeSettings(to).flatMap(([setting, value], index) => {
    const old = before[index]?.[1] ?? '';
    return old === value && !(setting === 'prices' && isOtherList) ? [] : [{ setting, from: old, to: value }];
  });
}

/** Settings as words by the names of their flags; URLs without what may be secret in them. */
export function describeSettings(settings: ServiceSettings): readonly (readonly [flag: string, value: string])[] {
  return [
    ['prices', describePriceSource(parsePriceSource(settings.prices))],
    ['min', String(settings.min)],
    ['max', String(settings.max)],
    ['cpu-target', `${settings.cpuTarget}%`],
    ['cpu-request', `${settings.cpuRequestMillicores}m`],
    ['scale-down-window', `${settings.behavior.scaleDown.stabilizationWindowMs / 1_000}s`],
    ['port', String(settings.port)],
    ['sync-period', `${settings.syncPeriodMs / 1_000}s`],
    ['metric-resolution', `${settings.metricResolutionMs / 1_000}s`],
    ...describeClusterSettings(settings.cluster),
  ];
}
