import type { LoadTestResult } from '../../load/summary.ts';
import { perSecond } from '../../load/sinks.ts';
import type { MetricSummary } from '../../load/summary-metrics.ts';
import type { ThresholdResult } from '../../load/thresholds.ts';
import type { Style } from '../style.ts';
import { formatPlain, formatValue } from '../../load/k6-units.ts';
import { metricLines, type NamedMetric } from './metric-lines.ts';
import { formatBytes } from '../../tools/bytes.ts';
import { formatCount, formatLatency } from './numbers.ts';
import { percentileWords } from '../../load/percentile-words.ts';

/** Metrics that k6's compact summary leaves out or shows in another form. */
const hidden = new Set([
  'checks',
  'group_duration',
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
]);

/** A load test's end summary in k6's layout, after one line with the verdict. */
export function presentLoadSummary(result: LoadTestResult, style: Style): string {
  const blocks = [
    headline(result, style),
    thresholdsBlock(result, style),
    ...totalBlocks(result, style),
    notes(result, style),
  ];
  return blocks.filter((block) => block.length > 0).map((block) => block.join('\n')).join('\n\n');
}

function headline(result: LoadTestResult, style: Style): readonly string[] {
  const { verdict, metrics } = result;
  const paint = { passed: style.good, failed: style.bad, incomplete: style.careful }[verdict];
  const requests = metrics['http_reqs']?.values['count'] ?? 0;
  const failed = metrics['http_req_failed']?.values['passes'] ?? 0;
  const p95 = metrics['http_req_duration']?.values['p(95)'];
  const words = [`${formatCount(requests)} requests`, `${formatCount(failed)} failed`];
  if (p95 !== undefined) words.push(`p95 ${formatLatency(p95)}`);
  const dropped = metrics['dropped_iterations']?.values['count'] ?? 0;
  if (dropped > 0) words.push(`${formatCount(dropped)} dropped`);
  return [`${paint(style.bold(verdict.toUpperCase()))}  ${words.join(', ')}`, ...result.reasons.map((reason) => `  ${paint(reason)}`)];
}

function thresholdsBlock({ thresholds, metrics }: LoadTestResult, style: Style): readonly string[] {
  if (thresholds.length === 0) return [];
  const lines = [...Map.groupBy(thresholds, ({ metric }) => metric)].map(([metric, group]) => [
    '',
    `    ${metric}`,
    ...group.map((threshold) => `    ${thresholdLine(threshold, metrics[metric], style)}`),
  ]);
  return [title('THRESHOLDS', style), ...lines.flat()];
}

function thresholdLine({ expression, value, ok }: ThresholdResult, metric: MetricSummary | undefined, style: Style): string {
  const method = expression.split(/[<>=!]/)[0]?.trim() ?? '';
  const mark = ok ? style.good('✓') : style.bad('✗');
  if (value === null) return `${mark} '${expression}' ${style.dim('no samples')}`;
  const isPerSecond = metric?.type === 'counter' && method === 'rate';
  const words = metric === undefined ? formatPlain(value) : `${formatValue(value, metric)}${isPerSecond ? '/s' : ''}`;
  return `${mark} '${expression}' ${method}=${words}`;
}

function totalBlocks({ metrics, checks, ms }: LoadTestResult, style: Style): readonly (readonly string[])[] {
  if (Object.keys(metrics).length === 0) return [];
  const named = Object.entries(metrics).map(([name, metric]): NamedMetric => ({ name, metric }));
  const groups = Map.groupBy(named.filter(({ name }) => !hidden.has(name)).toSorted(byName), ({ name }) => sectionOf(name));
  const sections = ['CUSTOM', 'HTTP', 'EXECUTION', 'NETWORK'].filter((section) => groups.has(section));
  const lines = metricLines([checkTotals(metrics['checks'], ms), ...sections.map((section) => groups.get(section) ?? [])], style);
  const [checkLines = [], ...sectionLines] = lines;
  return [
    [title('TOTAL RESULTS', style)],
    indented(checkLines),
    indented(checks.flatMap((check) => checkLine(check, style))),
    ...sectionLines.map((section, index) => indented([style.bold(sections[index] ?? ''), ...section])),
  ];
}

/** k6 shows its rate `checks` as three lines. */
function checkTotals(metric: MetricSummary | undefined, ms: number): readonly NamedMetric[] {
  if (metric === undefined) return [];
  const { passes = 0, fails = 0 } = metric.values;
  const count = passes + fails;
  const total: MetricSummary = { type: 'counter', contains: 'default', values: { count, rate: perSecond(count, ms) } };
  return [
    { name: 'checks_total', metric: total },
    { name: 'checks_succeeded', metric },
    { name: 'checks_failed', metric: { ...metric, values: { passes: fails, fails: passes, rate: fails / count } } },
  ];
}

function checkLine({ name, passes, fails }: LoadTestResult['checks'][number], style: Style): readonly string[] {
  if (fails === 0) return [style.good(`✓ ${name}`)];
  const percent = Math.floor((100 * passes) / (passes + fails));
  return [style.bad(`✗ ${name}`), style.bad(`  ↳  ${percent}% — ✓ ${formatCount(passes)} / ✗ ${formatCount(fails)}`)];
}

function sectionOf(name: string): string {
  if (name.startsWith('http_')) return 'HTTP';
  if (name.startsWith('data_')) return 'NETWORK';
  return /^(iterations|iteration_duration|dropped_iterations|vus|vus_max)(\{|$)/.test(name) ? 'EXECUTION' : 'CUSTOM';
}

/** A submetric follows its metric. */
function byName(a: NamedMetric, b: NamedMetric): number {
  return a.name.replace('{', ' {') < b.name.replace('{', ' {') ? -1 : 1;
}

function notes(result: LoadTestResult, style: Style): readonly string[] {
  const { percentiles, warnings, measuredOn, url, description } = result;
  const { cores, memoryBytes, platform, node, sharedMachine } = measuredOn;
  const shared = sharedMachine === true ? '; load and service shared the machine' : '';
  const machine = `load from ${cores} cores, ${formatBytes(memoryBytes)}, ${platform}, Node ${node}${shared}`;
  return [
    ...warnings.map((warning) => `  ${style.careful('!')} ${warning}`),
    `  ${style.dim(`${description}; ${url}`)}`,
    ...(percentiles.method === 'grid' ? [percentileWords(result), machine] : [`${percentileWords(result)}; ${machine}`]).map((line) => `  ${style.dim(line)}`),
  ];
}

function title(text: string, style: Style): string {
  return `  █ ${style.bold(text)}`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
