import type { Comparison, Machine, SectionResult } from './findings.ts';
import { formatRatio, formatSpread } from './format.ts';
import { describeGoal, describeVerdict, rowsOf } from './rows.ts';
import { judge } from './statistics.ts';

/** What the page is made of. */
export interface PageParts {
  /** Of this machine, in the order of the page. */
  readonly results: readonly SectionResult[];
  /** Names of sections without a result. */
  readonly missing: readonly string[];
  /** Kept by hand: what was tried and what is left, by section. */
  readonly notes: ReadonlyMap<string, string>;
}

/** `docs/performance.md`. Without results an empty page that says so. */
export function toPage({ results, missing, notes }: PageParts): string {
  const byTime = results.toSorted((a, b) => (a.measuredAt < b.measuredAt ? -1 : 1));
  const newest = byTime.at(-1);
  if (newest === undefined) return '# Performance\n\nNothing was measured yet: `npm run bench`.\n';
  const paragraphs = [
    '# Performance',
    'Written by `npm run bench`; by hand are only the notes, from `bench/notes.md`. `npm run bench -- NAME...` measures single sections anew, and leaves the rest of this page as it is.',
    describeMachine({ ...newest.machine, versions: Object.assign({}, ...byTime.map(({ machine }) => machine.versions)) }),
    'A figure is the median of its rounds, with the lowest and the highest in brackets. Candidates are measured in turn (A B A B), and a ratio is the median of the ratios within each round. Where the machine has two cores, server and load are pinned to one each.',
    '## Goals',
    goalsTable(results),
    summary(results),
    ...(missing.length > 0 ? [`Not measured on this machine: ${missing.map((name) => `\`${name}\``).join(', ')}.`] : []),
    ...results.flatMap((result) => sectionOf(result, notes.get(result.section))),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

function describeMachine({ cpu, cores, memoryGiB, system, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
  return `Machine: ${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB, ${system}. ${programs}.`;
}

function goalsTable(results: readonly SectionResult[]): string {
  const measured = results.flatMap(({ section, comparisons }) =>
    comparisons.flatMap((comparison) =>
      judge(comparison).map((verdict) => {
        const { goal, measured, isMet } = verdict;
        const value = goal.against === undefined ? `${formatSpread(measured)} ${comparison.unit}`.trim() : formatRatio(measured);
        return [link(section), subject(comparison), goal.against ?? '', describeGoal(goal), value, isMet ? 'met' : `**${describeVerdict(verdict).slice(describeGoal(goal).length + 1)}**`];
      }),
    ),
  );
  const leftOut = results.flatMap(({ section, leftOut = [] }) => leftOut.map(({ what, why }) => [link(section), what, '', '', '', `left out: ${why}`]));
  return table(['section', 'what', 'against', 'goal', 'measured', ''], [...measured, ...leftOut]);
}

function subject({ what, figures }: Comparison): string {
  const name = figures[0]?.name ?? '';
  return what.includes(name) ? what : `${name}, ${what}`;
}

function summary(results: readonly SectionResult[]): string {
  const verdicts = results.flatMap(({ comparisons }) => comparisons.flatMap((comparison) => judge(comparison).map((verdict) => ({ comparison, verdict }))));
  const missed = verdicts.filter(({ verdict }) => !verdict.isMet);
  if (missed.length === 0) return `All ${verdicts.length} goals that could be measured here are met.`;
  const rows = missed.map(({ comparison, verdict }) => `${subject(comparison)}${verdict.goal.against === undefined ? '' : ` against ${verdict.goal.against}`} (${describeVerdict(verdict)})`);
  return `${verdicts.length - missed.length} of ${verdicts.length} goals are met. Not met: ${rows.join('; ')}. What was tried, and what is left, is said in their sections.`;
}

function sectionOf({ section, title, comparisons, charts = [], remarks = [], measuredAt, seconds }: SectionResult, notes: string | undefined): readonly string[] {
  const rows = comparisons.flatMap(rowsOf);
  const hasGoals = rows.some(({ goal }) => goal !== '');
  const hasRatios = rows.some(({ ratio }) => ratio !== '');
  const headings = ['', '', 'median (min-max)', ...(hasRatios ? ['ours / this'] : []), ...(hasGoals ? ['goal'] : [])];
  return [
    `## ${title}`,
    `<a id="${section}"></a>\`npm run bench -- ${section}\`, ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds)} s. ${remarks.join(' ')}`.trim(),
    table(headings, rows.map(({ what, name, value, ratio, goal }) => [what, name, value, ...(hasRatios ? [ratio] : []), ...(hasGoals ? [goal] : [])])),
    ...charts.map(({ name, title }) => `![${title}](performance/${name}.svg)`),
    notes ?? '',
  ];
}

function link(section: string): string {
  return `[${section}](#${section})`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** The notes by section: each heading of the second level names one. */
export function parseNotes(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^## +/m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')).trim(), part.slice(part.indexOf('\n')).trim()]));
}
