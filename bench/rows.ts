import type { Comparison, Goal } from './findings.ts';
import { formatNumber, formatRatio, formatSpread } from './format.ts';
import { judge, ratioOf, spreadOf, type Verdict } from './statistics.ts';

/** One line of a section's table. */
export interface Row {
  readonly what: string;
  readonly name: string;
  readonly value: string;
  /** Ours against this one; empty for ours. */
  readonly ratio: string;
  /** The goal and whether it is met; empty without one. */
  readonly goal: string;
}

/** The lines of a comparison: ours, with the goals for its value, then each of the others with the goal against it. */
export function rowsOf(comparison: Comparison): readonly Row[] {
  const { what, unit, figures } = comparison;
  const [ours] = figures;
  const verdicts = judge(comparison);
  return figures.map((figure, index) => {
    const isOurs = figure === ours;
    const own = verdicts.filter(({ goal }) => (isOurs ? goal.against === undefined : goal.against === figure.name));
    return {
      what: index === 0 ? what : '',
      name: figure.name,
      value: `${formatSpread(spreadOf(figure.values))} ${unit}`.trim(),
      ratio: isOurs || ours === undefined ? '' : formatRatio(ratioOf(ours, figure)),
      goal: own.map(describeVerdict).join('; '),
    };
  });
}

/** `>= 0.95x met`, `<= 418 MB missed by 12 %`. */
export function describeVerdict({ goal, isMet, missedBy }: Verdict): string {
  return `${describeGoal(goal)} ${isMet ? 'met' : `missed by ${describeMiss(missedBy)}`}`;
}

/** The goal as the table of goals has it. */
export function describeGoal({ against, atLeast, atMost, wanted }: Goal): string {
  if (wanted !== undefined) return wanted;
  const limit = `${atLeast === undefined ? '<=' : '>='} ${formatNumber(atLeast ?? atMost ?? Number.NaN)}`;
  return against === undefined ? limit : `${limit}x`;
}

function describeMiss(missedBy: number): string {
  if (!Number.isFinite(missedBy)) return 'all of it';
  return missedBy < 0.01 ? 'less than 1 %' : `${formatNumber(Math.round(missedBy * 100))} %`;
}
