import type { Style } from '../style.ts';

/** A table as kubectl prints it: headings and cells padded to the widest of their column, two spaces between, no lines. */
export function formatColumns(headings: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  return [style.dim(toLine(headings)), ...rows.map(toLine)].map((line) => `  ${line}`).join('\n');
}
