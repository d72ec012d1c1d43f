import { formatValue } from '../load/k6-units.ts';
import type { ThresholdResult } from '../load/thresholds.ts';
import { formatDate, formatNumber, formatShare } from './format.ts';
import { html, type HtmlValue, type Markup } from './html.ts';
import { sectionHtml, tableHtml } from './html-table.ts';
import type { ReportData } from './report-data.ts';
import { keyFigures, whereWords } from './words.ts';

/** Reasons, warnings and problems that are shown, of each. */
const mostLines = 50;

/** The top of the page: the verdict, why, and the figures that count. */
export function headerHtml(data: ReportData): Markup {
  const { result, problems } = data;
  const figures = keyFigures(data).map(({ name, value, detail }) => html`<div><dt>${name}</dt><dd>${value}${detail === '' ? '' : html`<small>${detail}</small>`}</dd></div>`);
  return html`<header class="top">
<p class="eyebrow">pricectl ${result.measuredOn.pricectl} · load test</p>
<h1><span class="verdict ${result.verdict}">${result.verdict}</span> ${result.id}</h1>
<p class="lead">${result.description}</p>
<p class="dim">${whereWords(data)} · ${formatDate(result.startedAt)}</p>
${lines('reasons', result.reasons)}<dl class="figures">${figures}</dl>
${lines('warnings', result.warnings)}${lines('problems', problems.map((problem) => `of the record: ${problem}`))}</header>
`;
}

/** What was judged: thresholds and checks. */
export function judgedHtml({ result }: ReportData): Markup {
  const { thresholds, checks } = result;
  return sectionHtml('judged', 'Thresholds and checks', [
    thresholds.length === 0
      ? html`<p class="unknown">No thresholds: nothing was judged.</p>`
      : tableHtml('Thresholds', [{ title: '' }, { title: 'Threshold' }, { title: 'Measured', isNumber: true }], failedFirst(thresholds, ({ ok }) => ok).map((one) => thresholdRow(one, result))),
    checks.length === 0
      ? html`<p class="unknown">No checks.</p>`
      : tableHtml('Checks', [{ title: '' }, { title: 'Check' }, { title: 'Passed', isNumber: true }, { title: 'Failed', isNumber: true }, { title: 'Share', isNumber: true }], failedFirst(checks, ({ fails }) => fails === 0).map(checkRow)),
  ]);
}

/** What failed is not what a long list leaves out. */
function failedFirst<T>(all: readonly T[], isGood: (one: T) => boolean): readonly T[] {
  return [...all.filter((one) => !isGood(one)), ...all.filter(isGood)];
}

function thresholdRow(threshold: ThresholdResult, { metrics }: ReportData['result']): readonly HtmlValue[] {
  return [mark(threshold.ok), html`<code>${threshold.metric}</code> <code>${threshold.expression}</code>`, measuredWords(threshold, metrics)];
}

/** A threshold's value in its metric's unit. */
export function measuredWords({ metric, expression, value }: ThresholdResult, metrics: ReportData['result']['metrics']): string {
  if (value === null) return 'no samples';
  const of = metrics[metric];
  if (of === undefined) return formatNumber(value);
  return `${formatValue(value, of)}${of.type === 'counter' && expression.startsWith('rate') ? '/s' : ''}`;
}

function checkRow({ name, passes, fails }: ReportData['result']['checks'][number]): readonly HtmlValue[] {
  const share = passes + fails === 0 ? '–' : formatShare(passes / (passes + fails));
  return [mark(fails === 0), name, formatNumber(passes), formatNumber(fails), share];
}

function mark(isOk: boolean): Markup {
  return isOk ? html`<span class="good">✓<span class="aside"> held</span></span>` : html`<span class="bad">✗<span class="aside"> crossed</span></span>`;
}

function lines(name: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return html``;
  const more = texts.length > mostLines ? [html`<li>… and ${texts.length - mostLines} more</li>`] : [];
  return html`<ul class="${name}">${texts.slice(0, mostLines).map((text) => html`<li>${text}</li>`)}${more}</ul>\n`;
}

