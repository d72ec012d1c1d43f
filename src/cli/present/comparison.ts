import { formatDuration } from '../../load/duration.ts';
import { formatPlain, formatShare } from '../../load/k6-units.ts';
import type { ComparedMeasure } from '../../load/compare-measures.ts';
import type { RunComparison } from '../../workflows/compare-runs.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';
import { fold } from './fold.ts';
import { formatLatency } from './numbers.ts';

/** Two runs side by side as text: whether they can be compared, what was different, what changed, and how sure that is. */
export function presentComparison(comparison: RunComparison, style: Style): string {
  const { a, b, likeWithLike, conditions, measures, method, notes, problems } = comparison;
  const changed = conditions.flatMap(({ what, a, b, isOther }) => fold(`${what}: ${a} -> ${b}`, isOther ? '!' : '-'));
  return [
    `A  ${style.bold(a.id)}  ${a.description}, ${formatDuration(a.ms)}, ${a.verdict}`,
    `B  ${style.bold(b.id)}  ${b.description}, ${formatDuration(b.ms)}, ${b.verdict}`,
    ...(likeWithLike ? [] : ['', style.careful('Not like with like: the runs measured different things (!), or not for as long.')]),
    ...(changed.length === 0 ? ['', 'Same load, engine, target, machine, versions and settings.'] : ['', 'What was different:', ...changed]),
    ...[...problems, ...notes].flatMap((text) => fold(text, '!')),
    '',
    formatColumns(['MEASURE', 'A', 'B', 'CHANGE', '95 % INTERVAL', 'P'], measures.map(toCells), style),
    '',
    ...conclude(comparison, style),
    '',
    'How it was tested:',
    ...method.flatMap((text) => fold(text)),
  ].join('\n');
}

function toCells(measure: ComparedMeasure): readonly string[] {
  const { name, a, b, change, test } = measure;
  const interval = test?.low == null || test.high === null ? '' : `${formatChange(test.low)} to ${formatChange(test.high)}`;
  const p = test === null ? '-' : `${formatP(test.p)}${measure.finding === 'noise' ? '' : '  *'}`;
  return [name, formatValue(measure, a), formatValue(measure, b), change === null ? '-' : formatChange(change), interval, p];
}

function formatValue({ unit }: ComparedMeasure, value: number | null): string {
  if (value === null) return '-';
  if (unit === 'ms') return formatLatency(value);
  if (unit === 'share') return value > 0 && value < 0.0001 ? '<0.01%' : formatShare(value);
  return unit === 'a second' ? `${formatPlain(value)}/s` : formatPlain(value);
}

function formatChange(change: number): string {
  const percent = Math.abs(change * 100);
  const digits = percent.toFixed(percent >= 10 ? 0 : 1);
  return `${Number(digits) === 0 ? '' : change < 0 ? '-' : '+'}${digits} %`;
}

function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function conclude({ measures, conclusion, likeWithLike }: RunComparison, style: Style): readonly string[] {
  const found = measures.filter(({ finding }) => finding === 'higher' || finding === 'lower');
  const untested = measures.filter(({ unit, finding }) => finding === 'untested' && ['a second', 'ms', 'share'].includes(unit));
  const tested = measures.filter(({ test }) => test !== null);
  const but = likeWithLike ? '' : ', of runs that are not like with like';
  const words = {
    different: `More than noise (*)${but}: ${found.map(({ name, finding }) => `${name} is ${finding} in B`).join(', ')}.`,
    noise: `No difference is more than noise${but}.`,
    unknown: `Can't tell whether the differences are more than noise${but}: the runs are too short to test ${untested.length} of ${tested.length + untested.length} measures.`,
  };
  const [first = '', ...rest] = fold(words[conclusion], '');
  return [
    style.bold(first.trimStart()),
    ...rest.map((line) => style.bold(line.trimStart())),
    ...untested.flatMap(({ name, untested }) => fold(`${name} can't be tested: ${untested}`)),
  ];
}
