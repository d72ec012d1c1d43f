import { formatValue } from '../load/k6-units.ts';
import type { MetricSummary } from '../load/summary-metrics.ts';
import { formatMoment, formatNumber, formatShare } from './format.ts';
import { html, type HtmlValue, type Markup } from './html.ts';
import { listHtml, sectionHtml, tableHtml } from './html-table.ts';
import type { ReportData, ReportPod } from './report-data.ts';
import { measuredOnEntries, serviceEntries } from './words.ts';

/** What each pod answered, and when it was there. */
export function podsHtml({ pods, result, scaling }: ReportData): Markup {
  if (pods.length === 0) {
    return sectionHtml('pods', 'Requests per pod', [html`<p class="unknown">Not known: the service was not one of ours, or its pods are not recorded.</p>`]);
  }
  const counted = pods.reduce((sum, pod) => sum + (pod.requests ?? 0), 0);
  const most = pods.reduce((highest, pod) => Math.max(highest, pod.requests ?? 0), 0);
  const endMs = Math.max(1, result.ms, scaling.at(-1)?.ms ?? 0);
  const sent = result.metrics['http_reqs']?.values['count'] ?? 0;
  const columns = [{ title: 'Pod' }, { title: 'Seen' }, { title: 'Requests', isNumber: true }, { title: 'Share', isNumber: true }, { title: '' }, { title: 'Restarts', isNumber: true }] as const;
  return sectionHtml('pods', 'Requests per pod', [
    tableHtml('Requests of each pod', columns, pods.map((pod) => podRow(pod, { counted, most, endMs, prefix: sharedPrefix(pods) }))),
    html`<p class="note">Counted from the pods' own counters, a look each second: ${formatNumber(counted)} of the ${formatNumber(sent)} requests of the load. What a pod answered after it was seen last is missing.</p>`,
  ]);
}

function podRow(pod: ReportPod, of: { readonly counted: number; readonly most: number; readonly endMs: number; readonly prefix: string }): readonly HtmlValue[] {
  const { name, firstMs, lastMs, requests, restarts } = pod;
  const [from, to] = [firstMs / of.endMs, lastMs / of.endMs];
  const there = `from ${formatMoment(firstMs)} to ${formatMoment(lastMs)}`;
  return [
    html`<code><span class="prefix">${of.prefix}</span>${name.slice(of.prefix.length)}</code>`,
    html`<svg class="life" role="img" aria-label="${there}"><title>${there}</title><line x1="0" x2="100%" y1="50%" y2="50%" class="grid"/><rect class="bar" x="${percent(from)}" width="${percent(Math.max(0.005, to - from))}" y="3" height="6" rx="1"/></svg>`,
    requests === null ? '–' : formatNumber(requests),
    requests === null || of.counted === 0 ? '–' : formatShare(requests / of.counted),
    html`<svg class="share" aria-hidden="true"><rect class="bar" width="${percent((requests ?? 0) / Math.max(1, of.most))}" y="1" height="10" rx="1"/></svg>`,
    formatNumber(restarts),
  ];
}

/** What the names of all pods begin with, up to a hyphen; a narrow screen does without it. */
function sharedPrefix(pods: readonly ReportPod[]): string {
  const [first = '', ...others] = pods.map(({ name }) => name);
  const cut = first.lastIndexOf('-') + 1;
  return others.length > 0 && others.every((name) => name.startsWith(first.slice(0, cut))) ? first.slice(0, cut) : '';
}

/** What made the load. */
export function runnersHtml({ result }: ReportData): Markup {
  const { runners } = result;
  if (runners.length === 0) return sectionHtml('runners', 'Runners', [html`<p class="unknown">Not known: none of them told anything.</p>`]);
  const all = runners.reduce((sum, { requests }) => sum + requests, 0);
  const columns = [{ title: 'Runner' }, { title: 'Requests', isNumber: true }, { title: 'Share', isNumber: true }, { title: 'Result' }, { title: 'Exit code', isNumber: true }] as const;
  const rows = runners.map(({ name, requests, payload, exitCode, reason }) => [
    html`<code>${name}</code>`,
    formatNumber(requests),
    all === 0 ? '–' : formatShare(requests / all),
    payload === 'lost' ? html`<span class="bad">lost</span>${reason === null ? '' : `: ${reason}`}` : `received${reason === null ? '' : `: ${reason}`}`,
    String(exitCode),
  ]);
  return sectionHtml('runners', 'Runners', [tableHtml('What made the load', columns, rows)]);
}

/** All metrics, as k6's summary has them. */
export function metricsHtml({ result }: ReportData): Markup {
  const metrics = Object.entries(result.metrics).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (metrics.length === 0) return sectionHtml('metrics', 'All metrics', [html`<p class="unknown">Nothing was measured.</p>`]);
  const table = tableHtml('All metrics', [{ title: 'Metric' }, { title: 'Values' }], metrics.map(([name, metric]) => [html`<code>${name}</code>`, valuesOf(metric)]));
  return html`<section aria-labelledby="metrics"><details><summary><h2 id="metrics">All metrics</h2></summary>${table}</details></section>\n`;
}

function valuesOf(metric: MetricSummary): readonly HtmlValue[] {
  return Object.entries(metric.values).map(([name, value]) => html`<span class="value"><span class="dim">${name}</span> ${inUnit(name, value, metric)}</span> `);
}

/** Counts are plain numbers, whatever is counted; so is all of a rate but its share. */
function inUnit(name: string, value: number, metric: MetricSummary): string {
  if (metric.type === 'counter' && name === 'rate') return `${formatValue(value, metric)}/s`;
  const isPlain = (metric.type === 'rate' && name !== 'rate') || (metric.type === 'trend' && name === 'count');
  return isPlain ? formatNumber(value) : formatValue(value, metric);
}

/** What it was measured on, and with what to measure it again. */
export function aboutHtml(data: ReportData): Markup {
  const service = serviceEntries(data);
  return html`${sectionHtml('about', 'Measured on', [
    html`<div class="beside even"><div>${listHtml(measuredOnEntries(data))}</div><div>`,
    service.length === 0 ? html`<p class="unknown">Of the service nothing is known: it was not one of ours.</p>` : listHtml(service),
    html`</div></div>`,
  ])}${sectionHtml('again', 'Do it again', data.commands.length === 0 ? [html`<p class="unknown">The command of this run is not recorded.</p>`] : data.commands.map(commandHtml))}`;
}

function commandHtml({ purpose, line }: ReportData['commands'][number]): Markup {
  return html`<p class="purpose">${purpose}</p><pre><code>${line}</code></pre>\n`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))}%`;
}
