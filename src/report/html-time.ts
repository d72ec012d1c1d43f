import { eventLane, panelHtml, timeLabels, type TimeAxis } from './chart.ts';
import { columnAt, columnMs, columnRanges, type Range, type TimeGrid, timeGrid } from './downsample.ts';
import { formatMoment, formatNumber } from './format.ts';
import { html, jsonMarkup, type Markup } from './html.ts';
import { moreThan, sectionHtml } from './html-table.ts';
import { panelsOf } from './panels.ts';
import type { ReportData } from './report-data.ts';
import { timeTicks } from './scale.ts';

/** Decisions that are listed and marked at most. */
const mostDecisions = 200;

/** All that happened over the time of the run, on one axis, and the decisions in words. */
export function timeHtml(data: ReportData): Markup {
  const isEmpty = data.load.length === 0 && data.scaling.length === 0;
  const grid = timeGrid(endOf(data));
  const decisions = data.decisions.slice(0, mostDecisions);
  const axis: TimeAxis = { grid, ticks: timeTicks(grid.endMs), events: decisions.map(({ ms }) => ms) };
  const panels = panelsOf(data);
  const values = panels.flatMap(({ series }) => series.map(({ key, points, format }) => [key, columnRanges(points, grid).map((range) => rangeWords(range, format))] as const));
  const moments = Array.from({ length: grid.columns }, (_, column) => formatMoment(column * columnMs(grid)));
  const lane = decisions.length === 0 ? html`` : eventLane(decisions.map(({ ms, from, to }) => ({ ms, isUp: to > from })), axis);
  return sectionHtml('time', 'Over time', [
    html`<p class="note">Time since the load began${data.decisions.length === 0 ? '' : '; marks and lines are decisions'}.${samplingNote(data, grid.columns)}${isEmpty ? '' : html` <span class="help" hidden>Point at a moment, or press ← and → here.</span>`}</p>\n`,
    html`<div class="charts" data-charts data-columns="${grid.columns}" role="group" aria-label="Charts over the time of the run">
<div class="chart now"><span></span><div><output data-moment></output></div></div>
${lane}${panels.map((panel) => panelHtml(panel, axis))}${isEmpty ? '' : timeLabels(axis, formatMoment)}
<p class="aside" role="status" data-status></p></div>
<script type="application/json" id="values">${jsonMarkup({ moments, series: Object.fromEntries(values) })}</script>
`,
    decisionsHtml(data, grid),
  ]);
}

/** Each decision in words; its moment moves the crosshair there. */
function decisionsHtml({ scaling, decisions }: ReportData, grid: TimeGrid): Markup {
  const title = html`<h3>Decisions</h3>`;
  if (scaling.length === 0) return html`${title}<p class="unknown">Not known: the service was not one of ours, or its state is not recorded.</p>`;
  if (decisions.length === 0) return html`${title}<p class="unknown">The number of replicas did not change.</p>`;
  const items = decisions.slice(0, mostDecisions).map(
    ({ ms, from, to, explanation }) =>
      html`<li data-column="${columnAt(ms, grid)}"><button type="button" disabled>${formatMoment(ms)}</button><b class="${to > from ? 'up' : 'down'}">${from} → ${to}</b><span>${explanation}</span></li>\n`,
  );
  return html`${title}<ol class="decisions">${items}</ol>${moreThan(mostDecisions, decisions.length)}`;
}

/** The last moment of which anything is known. */
function endOf({ result, load, scaling }: ReportData): number {
  return Math.max(result.ms, load.at(-1)?.elapsedMs ?? 0, scaling.at(-1)?.ms ?? 0);
}

function rangeWords(range: Range | null, format: (value: number) => string): string {
  if (range === null) return '–';
  const [low, high] = [format(range.low), format(range.high)];
  return low === high ? low : `${low} – ${high}`;
}

function samplingNote({ load, scaling }: ReportData, columns: number): string {
  const points = Math.max(load.length, scaling.length);
  if (points <= columns) return '';
  return ` ${formatNumber(points)} points are drawn in ${formatNumber(columns)} columns, each with the lowest and highest of its values.`;
}
