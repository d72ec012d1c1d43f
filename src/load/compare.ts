import { type ConditionChange, findConditionChanges, type SettingWords } from './compare-conditions.ts';
import { type ComparedMeasure, type ComparedRun, compareMeasures } from './compare-measures.ts';
import type { LoadTestResult } from './summary.ts';

/** One of the two runs. */
export type ComparedSide = Pick<LoadTestResult, 'id' | 'startedAt' | 'verdict' | 'description' | 'ms'>;

/** What changed between two runs, and whether it is more than noise. */
export interface Comparison {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** Whether both measured the same: load, engine, target and machine. */
  readonly likeWithLike: boolean;
  readonly conditions: readonly ConditionChange[];
  readonly measures: readonly ComparedMeasure[];
  /** `unknown`: nothing is more than noise, but something could not be tested. */
  readonly conclusion: 'different' | 'noise' | 'unknown';
  /** How was tested, and what that can't tell, a sentence each. */
  readonly method: readonly string[];
  /** What makes single numbers doubtful, a sentence each. */
  readonly notes: readonly string[];
}

/** A run and its settings by their flags; null when they aren't known. */
export type ComparedRunWithSettings = ComparedRun & { readonly settings: SettingWords | null };

/** Runs whose lengths differ by more than this share had not the same load at the same time. */
const likeLength = 0.05;

/** Compares two runs. Deterministic: the same runs give the same comparison. */
export function compareRuns(a: ComparedRunWithSettings, b: ComparedRunWithSettings): Comparison {
  const conditions = findConditionChanges(a.result, b.result, { a: a.settings, b: b.settings });
  const sameLoad = conditions.every(({ what }) => what !== 'profile' && what !== 'load');
  const paired = sameLoad && Math.abs(a.result.ms - b.result.ms) <= likeLength * Math.max(a.result.ms, b.result.ms);
  const measures = compareMeasures(a, b, paired);
  return {
    a: sideOf(a.result),
    b: sideOf(b.result),
    likeWithLike: conditions.every(({ isOther }) => !isOther) && paired,
    conditions,
    measures,
    conclusion: concludeFrom(measures),
    method: describeMethod(measures, paired),
    notes: [...notesOf('A', a), ...notesOf('B', b)],
  };
}

function sideOf({ id, startedAt, verdict, description, ms }: LoadTestResult): ComparedSide {
  return { id, startedAt, verdict, description, ms };
}

function concludeFrom(measures: readonly ComparedMeasure[]): Comparison['conclusion'] {
  if (measures.some(({ finding }) => finding === 'higher' || finding === 'lower')) return 'different';
  const testable = measures.filter(({ unit }) => unit === 'a second' || unit === 'ms' || unit === 'share');
  return testable.some(({ finding }) => finding === 'untested') ? 'unknown' : 'noise';
}

function describeMethod(measures: readonly ComparedMeasure[], paired: boolean): readonly string[] {
  const tests = measures.flatMap(({ test }) => test ?? []);
  const kind = paired
    ? "requests a second and percentiles of each second are compared with the other run's same second, as ratios; Student's t on their means over windows"
    : "requests a second and percentiles of each second are compared as they are, for the loads differ; Welch's t on their means over windows";
  return [
    `${kind}, each three times as long as a value lasts (its integrated autocorrelation time)`,
    "failures: Fisher's exact test, two-sided, which takes each request for itself",
    `p is adjusted for the number of tests (Holm), here ${tests.length}: the chance of any false alarm is 5 %; changes under 1 % are called noise`,
    "a run is one sample of its machine's day: what differs between repetitions by itself counts as a difference here; only repeating both tells it apart",
  ];
}

function notesOf(name: string, { result, series }: ComparedRun): readonly string[] {
  const failedSeconds = series.filter(({ failed }, index) => failed > (series[index - 1]?.failed ?? 0)).length;
  const failures = series.at(-1)?.failed ?? 0;
  const isTogether = failures > 1 && failedSeconds <= Math.max(3, 0.05 * series.length);
  const limit = result.warnings.find((warning) => warning.startsWith('the generator'));
  return [
    ...(result.verdict === 'incomplete' ? [`${name} is incomplete: ${result.reasons.join('; ')}`] : []),
    ...(isTogether ? [`the ${failures} failures of ${name} fell within ${failedSeconds} of ${series.length} seconds: one event may have made them all`] : []),
    ...(limit === undefined ? [] : [`${name}: ${limit}`]),
  ];
}
