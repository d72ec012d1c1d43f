import type { SectionResult } from './findings.ts';
import { type Row, rowsOf } from './rows.ts';

const columns = ['what', 'name', 'value', 'ratio', 'goal'] as const satisfies readonly (keyof Row)[];
const headings: Readonly<Record<(typeof columns)[number], string>> = { what: '', name: '', value: 'median (min-max)', ratio: 'ours / this', goal: 'goal' };

/** A section's result for a terminal. */
export function toText({ title, comparisons, leftOut = [], remarks = [] }: SectionResult): string {
  const rows = [headings, ...comparisons.flatMap(rowsOf)];
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => columns.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join('  ').trimEnd());
  const notes = [...leftOut.map(({ what, why }) => `left out: ${what}: ${why}`), ...remarks];
  return [title, ...[...lines, ...notes].map((line) => `  ${line}`.trimEnd()), ''].join('\n');
}
