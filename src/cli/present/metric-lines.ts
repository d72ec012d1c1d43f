import type { MetricSummary } from '../../load/summary-metrics.ts';
import type { Style } from '../style.ts';
import { formatPlain, formatValue } from '../../load/k6-units.ts';

/** A metric and the name that its line begins with. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: MetricSummary;
}

const trendStatistics = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

/** A line before it is aligned. */
interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  readonly isTrend: boolean;
}

/**
 * Metrics as lines in k6's form: name, dots, then statistics of a trend in columns of their own, or value and extras of any other metric.
 * Lines of all groups are aligned with each other. Submetrics show their tags alone, indented.
 */
export function metricLines(groups: readonly (readonly NamedMetric[])[], style: Style): readonly (readonly string[])[] {
  const rows = groups.map((group) => group.map(toRow));
  const all = rows.flat();
  const labelWidth = Math.max(0, ...all.map(({ label }) => label.length)) + 3;
  const trendWidths = columnWidths(all.filter(({ isTrend }) => isTrend));
  const otherWidths = columnWidths(all.filter(({ isTrend }) => !isTrend));
  return rows.map((group) =>
    group.map(({ label, cells, isTrend }) => {
      const widths = isTrend ? trendWidths : otherWidths;
      const values = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ').trimEnd();
      return `${label}${style.dim(`${'.'.repeat(labelWidth - label.length)}:`)} ${values}`;
    }),
  );
}

function toRow({ name, metric }: NamedMetric): Row {
  const isTrend = metric.type === 'trend';
  return { label: toLabel(name), cells: isTrend ? trendCells(metric) : otherCells(metric), isTrend };
}

function toLabel(name: string): string {
  const brace = name.indexOf('{');
  return brace < 0 ? name : `  { ${name.slice(brace + 1, -1)} }`;
}

function trendCells(metric: MetricSummary): string[] {
  return trendStatistics.map((statistic) => `${statistic}=${formatValue(metric.values[statistic] ?? 0, metric)}`);
}

function otherCells(metric: MetricSummary): string[] {
  const { count = 0, rate = 0, value = 0, min = 0, max = 0, passes = 0, fails = 0 } = metric.values;
  if (metric.type === 'counter') return [formatValue(count, metric), `${formatValue(rate, metric)}/s`];
  if (metric.type === 'rate') return [formatValue(rate, metric), `${formatPlain(passes)} out of ${formatPlain(passes + fails)}`];
  return [formatValue(value, metric), `min=${formatValue(min, metric)}`, `max=${formatValue(max, metric)}`];
}

function columnWidths(rows: readonly Row[]): readonly number[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  return Array.from({ length: columns }, (_, column) => Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0)));
}
