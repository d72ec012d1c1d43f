import type { LoadTestResult } from './summary.ts';

/** Something that was other in two runs than what they measured. */
export interface ConditionChange {
  /** `engine`, `cores`, `--cpu-target`, ... */
  readonly what: string;
  readonly a: string;
  readonly b: string;
  /** Whether it makes the runs measurements of different things. */
  readonly isOther: boolean;
}

/** A run's settings by the names of their flags. */
export type SettingWords = Readonly<Record<string, string>>;

/** What was different: the load, what made it, where, on what, and what the service ran with. */
export function findConditionChanges(
  a: LoadTestResult,
  b: LoadTestResult,
  settings: { readonly a: SettingWords | null; readonly b: SettingWords | null },
): readonly ConditionChange[] {
  const [before, after] = [conditionsOf(a), conditionsOf(b)];
  const conditions = before.map(([what, value, isOther], index) => ({ what, a: value, b: after[index]?.[1] ?? '', isOther }));
  const { a: ofA, b: ofB } = settings;
  const names = ofA === null || ofB === null ? [] : Object.keys({ ...ofA, ...ofB });
  const flags = names.map((name) => ({ what: `--${name}`, a: ofA?.[name] ?? '-', b: ofB?.[name] ?? '-', isOther: false }));
  return [...conditions, ...flags].filter((change) => change.a !== change.b);
}

function conditionsOf({ profile, description, measuredOn, runners }: LoadTestResult): readonly (readonly [string, string, boolean])[] {
  const { engine, target, platform, cpu, cores, memoryBytes, sharedMachine, pricectl, node } = measuredOn;
  return [
    ['profile', profile, true],
    ['load', description, true],
    ['engine', engine, true],
    ['runners', String(runners.length), true],
    ['target', target ?? 'a URL', true],
    ['platform', platform, true],
    ['CPU', cpu, true],
    ['cores', String(cores), true],
    ['memory', `${(memoryBytes / 1e9).toFixed(1)} GB`, false],
    ['load and service', sharedMachine === null ? 'unknown' : sharedMachine ? 'on one machine' : 'apart', true],
    ['pricectl', pricectl, false],
    ['Node', node, false],
  ];
}
