import { formatDate, formatMoment, formatNumber, formatShare } from './format.ts';
import { measuredWords } from './html-summary.ts';
import type { ReportData } from './report-data.ts';
import { keyFigures, measuredOnEntries, serviceEntries, whereWords } from './words.ts';

/** Rows of a table and items of a list at most. */
const mostRows = 50;

const verdictMarks = { passed: '✅', failed: '❌', incomplete: '⚠️' } as const;

/** The report of a run as Markdown, for a pull request or the summary of a CI job. Text from outside is escaped; long lists are cut, and say so. */
export function toMarkdown(data: ReportData): string {
  const { result, problems, commands } = data;
  const { verdict, id, description, startedAt, reasons, warnings } = result;
  const figures = keyFigures(data);
  const blocks = [
    `## ${verdictMarks[verdict]} ${verdict}: ${escapeMarkdown(id)}`,
    escapeMarkdown(`${description} · ${whereWords(data)} · ${formatDate(startedAt)}`),
    items(reasons),
    table(figures.map(({ name }) => name), [figures.map(({ value, detail }) => `${value}${detail === '' ? '' : ` (${detail})`}`)]),
    items([...warnings, ...problems.map((problem) => `of the record: ${problem}`)]),
    thresholds(data),
    table(['check', 'passed', 'failed'], result.checks.map(({ name, passes, fails }) => [`${mark(fails === 0)} ${name}`, formatNumber(passes), formatNumber(fails)])),
    decisions(data),
    runners(data),
    details('Measured on', items([...measuredOnEntries(data), ...serviceEntries(data)].map(([name, value]) => `${name}: ${value}`))),
    codeBlock(commands.map(({ line }) => line).join('\n')),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Text that Markdown shows as it is: nothing in it makes markup, a link or another line. */
export function escapeMarkdown(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\u{20}-\u{7E}\u{A0}-\u{2027}\u{202A}-\u{10FFFF}]+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]<>#!|~&@]/g, String.raw`\$&`)
    .replaceAll(/\b(https?):\/\//g, String.raw`$1\://`);
}

function thresholds({ result }: ReportData): string {
  if (result.thresholds.length === 0) return 'No thresholds: nothing was judged.';
  const rows = result.thresholds.map((threshold) => [`${mark(threshold.ok)} ${threshold.metric}`, threshold.expression, measuredWords(threshold, result.metrics)]);
  return table(['threshold', '', 'measured'], rows);
}

function decisions({ decisions }: ReportData): string {
  if (decisions.length === 0) return '';
  return details(`${formatNumber(decisions.length)} decisions of the autoscaler`, table(['time', 'replicas', 'why'], decisions.map(({ ms, from, to, explanation }) => [formatMoment(ms), `${from} → ${to}`, explanation])));
}

function runners({ result }: ReportData): string {
  const all = result.runners.reduce((sum, { requests }) => sum + requests, 0);
  const rows = result.runners.map(({ name, requests, payload, exitCode }) => [name, formatNumber(requests), all === 0 ? '–' : formatShare(requests / all), payload, String(exitCode)]);
  return rows.length < 2 ? '' : details(`${rows.length} runners`, table(['runner', 'requests', 'share', 'result', 'exit code'], rows));
}

function mark(isOk: boolean): string {
  return isOk ? '✓' : '✗';
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [tableLine(titles), `|${' --- |'.repeat(titles.length)}`, ...rows.slice(0, mostRows).map(tableLine), ...more(rows.length, '')].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
}

function items(texts: readonly string[]): string {
  return [...texts.slice(0, mostRows).map((text) => `- ${escapeMarkdown(text)}`), ...more(texts.length, '- ')].join('\n');
}

function more(all: number, prefix: string): readonly string[] {
  return all > mostRows ? [...(prefix === '' ? [''] : []), `${prefix}… and ${formatNumber(all - mostRows)} more`] : [];
}

function details(title: string, content: string): string {
  return content === '' ? '' : `<details><summary>${escapeMarkdown(title)}</summary>\n\n${content}\n\n</details>`;
}

/** Fenced by more backticks than the code has in a row. */
function codeBlock(code: string): string {
  if (code === '') return '';
  const longest = [...code.matchAll(/`+/g)].reduce((length, [run]) => Math.max(length, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${code}\n${fence}`;
}
