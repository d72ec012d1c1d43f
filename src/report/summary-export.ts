import { hash } from 'node:crypto';
import type { LoadTestResult } from '../load/summary.ts';
import type { MetricSummary } from '../load/summary-metrics.ts';

/** A check in k6's `--summary-export`. */
interface ExportedCheck {
  readonly name: string;
  readonly path: string;
  /** MD5 of the path, as k6 makes it. */
  readonly id: string;
  readonly passes: number;
  readonly fails: number;
}

/** A group of checks in k6's `--summary-export`. */
interface ExportedGroup {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: Readonly<Record<string, never>>;
  readonly checks: Readonly<Record<string, ExportedCheck>>;
}

/** Values of a metric; a rate's is under `value`. In `thresholds` true means crossed. */
type ExportedMetric = Readonly<Record<string, number | Readonly<Record<string, boolean>>>>;

/** The JSON that k6's old `--summary-export` writes, for tools that read it. */
export interface SummaryExport {
  readonly root_group: ExportedGroup;
  readonly metrics: Readonly<Record<string, ExportedMetric>>;
}

/** A load test in the shape of k6's old `--summary-export`. */
export function toSummaryExport({ metrics, checks }: LoadTestResult): SummaryExport {
  return {
    root_group: {
      name: '',
      path: '',
      id: hash('md5', ''),
      groups: {},
      checks: Object.fromEntries(checks.map((check) => [check.name, exportCheck(check)])),
    },
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, exportMetric(metric)])),
  };
}

function exportCheck({ name, passes, fails }: LoadTestResult['checks'][number]): ExportedCheck {
  const path = `::${name}`;
  return { name, path, id: hash('md5', path), passes, fails };
}

function exportMetric({ type, values, thresholds }: MetricSummary): ExportedMetric {
  const { rate = 0, ...others } = values;
  const exported = type === 'rate' ? { ...others, value: rate } : values;
  if (thresholds === undefined) return exported;
  const crossed = Object.entries(thresholds).map(([expression, { ok }]) => [expression, !ok] as const);
  return { ...exported, thresholds: Object.fromEntries(crossed) };
}
