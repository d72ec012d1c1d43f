import type { Comparison, Figure, Goal } from './findings.ts';

/** Middle and ends of some values. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A goal, and what became of it. */
export interface Verdict {
  readonly goal: Goal;
  /** In the unit of the goal: of the ratio's rounds, or of the value's. */
  readonly measured: Spread;
  readonly isMet: boolean;
  /** How far it is from the limit as a share of it; 0 when it is met. */
  readonly missedBy: number;
}

/** Median, smallest and largest value; NaN without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/**
 * The ratio of two figures round by round, for what disturbs a machine disturbs neighbours in time alike. Of figures with unlike numbers of
 * rounds it is that of the medians.
 */
export function ratioOf(ours: Figure, theirs: Figure): Spread {
  if (ours.values.length !== theirs.values.length) return spreadOf([spreadOf(ours.values).median / spreadOf(theirs.values).median]);
  return spreadOf(ours.values.map((value, round) => value / (theirs.values[round] ?? Number.NaN)));
}

/** Judges a comparison's goals by the medians. A goal against somebody who wasn't measured has no verdict. */
export function judge({ figures, goals }: Comparison): readonly Verdict[] {
  const [ours] = figures;
  if (ours === undefined) return [];
  return goals.flatMap((goal) => {
    const theirs = figures.find(({ name }) => name === goal.against);
    if (goal.against !== undefined && theirs === undefined) return [];
    return [verdictOf(goal, theirs === undefined ? spreadOf(ours.values) : ratioOf(ours, theirs))];
  });
}

function verdictOf(goal: Goal, measured: Spread): Verdict {
  const { atLeast = -Infinity, atMost = Infinity } = goal;
  const { median } = measured;
  if (median >= atLeast && median <= atMost) return { goal, measured, isMet: true, missedBy: 0 };
  return { goal, measured, isMet: false, missedBy: median < atLeast ? 1 - median / atLeast : median / atMost - 1 };
}
