import { columnMs, downsample, type Point, type TimeGrid } from './downsample.ts';
import { html, Markup } from './html.ts';
import type { Scale } from './scale.ts';

/** How a line is drawn; each is a class of the style sheet. */
export type Tone = 'main' | 'low' | 'high' | 'ink' | 'soft' | 'bad' | 'bound';

/** One line of a chart. */
export interface Series {
  /** Names its values for the crosshair; unique in the page. */
  readonly key: string;
  readonly label: string;
  readonly tone: Tone;
  /** `step` holds a value until the next; `area` is a line that is filled down to 0. */
  readonly shape: 'line' | 'step' | 'area' | 'step-area';
  readonly points: readonly Point[];
  readonly format: (value: number) => string;
  /** What is said of it as long as no moment is chosen: `peak 8,812`. */
  readonly summary: string;
}

/** A chart over the time of the run. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  /** Lines that are there to compare with: they have no values of their own for the crosshair. */
  readonly bounds: readonly (Pick<Series, 'label' | 'tone' | 'points'>)[];
  /** What lies between two lines, filled. */
  readonly band?: { readonly label: string; readonly low: readonly Point[]; readonly high: readonly Point[] };
  readonly scale: Scale;
  readonly formatTick: (value: number) => string;
  readonly isTall?: true;
  /** What is said in place of the chart when nothing is known. */
  readonly nothing: string;
}

/** What all charts of a page share. */
export interface TimeAxis {
  readonly grid: TimeGrid;
  /** Moments with a line through all charts, and with a label below them. */
  readonly ticks: readonly number[];
  /** Moments of decisions. */
  readonly events: readonly number[];
}

/** Width and height of a chart's own coordinates, which are stretched to what the screen has. */
const [width, height] = [1_000, 100];

/** Gap between two points that is not bridged by a line, at least. */
const longestGapMs = 5_000;

/** One chart: title, legend with a value for each series, axis and lines. A static drawing; web/report.js moves the crosshair. */
export function panelHtml(panel: Panel, axis: TimeAxis): Markup {
  const { title, series, bounds, band } = panel;
  const legend = [
    ...series.map(({ label, tone, key, summary }) => html`<li><i class="key ${tone}"></i>${label} <output data-series="${key}">${summary}</output></li>`),
    ...bounds.map(({ label, tone }) => html`<li><i class="key ${tone}"></i>${label}</li>`),
    ...(band === undefined ? [] : [html`<li><i class="key band"></i>${band.label}</li>`]),
  ];
  const isEmpty = series.every(({ points }) => points.every(({ value }) => value === null));
  const head = html`<header><h3>${title}</h3><ul class="legend">${isEmpty ? [] : legend}</ul></header>`;
  if (isEmpty) return html`<div class="panel">${head}<p class="unknown">${panel.nothing}</p></div>\n`;
  const label = `${title}: ${series.map((one) => `${one.label} ${one.summary}`).join(', ')}`;
  return html`<div class="panel${panel.isTall === true ? ' tall' : ''}">${head}<div class="chart">${yAxis(panel)}${plot(panel, axis, label)}</div></div>\n`;
}

/** The labels of the time axis, below all charts. */
export function timeLabels({ grid, ticks }: TimeAxis, format: (ms: number) => string): Markup {
  const labels = ticks.map((ms, index) => {
    const share = ms / grid.endMs;
    const anchor = index === 0 ? 'start' : share > 0.97 ? 'end' : 'middle';
    return html`<text x="${percent(share)}" y="14" text-anchor="${anchor}"${oddClass(index)}>${format(ms)}</text>`;
  });
  return html`<div class="chart"><span></span><svg class="times" aria-hidden="true">${labels}</svg></div>`;
}

/** The moments of decisions as marks in a row of their own. */
export function eventLane(events: readonly { readonly ms: number; readonly isUp: boolean }[], { grid }: TimeAxis): Markup {
  const marks = events.map(({ ms, isUp }) => {
    const x = percent(ms / grid.endMs);
    return html`<svg x="${x}" y="0" class="mark"><path d="${isUp ? 'M-4.5 11L0 3L4.5 11Z' : 'M-4.5 4L0 12L4.5 4Z'}" class="${isUp ? 'up' : 'down'}"/></svg>`;
  });
  return html`<div class="chart"><span></span><svg class="lane" aria-hidden="true">${marks}</svg></div>`;
}

function yAxis({ scale, formatTick }: Panel): Markup {
  const labels = scale.ticks.map((tick) => html`<text x="100%" y="${percent(1 - scale.at(tick))}" dy="0.32em" text-anchor="end">${formatTick(tick)}</text>`);
  return html`<svg class="y" aria-hidden="true">${labels}</svg>`;
}

function plot(panel: Panel, axis: TimeAxis, label: string): Markup {
  const { scale, series, bounds, band } = panel;
  const across = scale.ticks.map((tick) => html`<line class="grid" x2="100%" y1="${percent(1 - scale.at(tick))}" y2="${percent(1 - scale.at(tick))}"/>`);
  const down = axis.ticks.map((ms) => html`<line class="grid" x1="${percent(ms / axis.grid.endMs)}" x2="${percent(ms / axis.grid.endMs)}" y2="100%"/>`);
  const drawing: Drawing = { grid: axis.grid, scale };
  const events = axis.events.length === 0 ? [] : [html`<path class="event" d="${new Markup(axis.events.map((ms) => `M${x(ms, drawing)} 0V${height}`).join(''))}"/>`];
  const lines = [
    ...events,
    ...(band === undefined ? [] : [html`<path class="band" d="${new Markup(bandPath(band.low, band.high, drawing))}"/>`]),
    ...bounds.map(({ tone, points }) => html`<path class="${tone}" d="${new Markup(linePath(points, 'step', drawing))}"/>`),
    ...series.map((one) => seriesPath(one, drawing)),
  ];
  return html`<svg class="plot" role="img" aria-label="${label}">${across}${down}<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" width="100%" height="100%">${lines}</svg><line class="cross" y2="100%"/></svg>`;
}

/** What turns values into places. */
interface Drawing {
  readonly grid: TimeGrid;
  readonly scale: Scale;
}

function seriesPath({ points, shape, tone }: Series, drawing: Drawing): Markup {
  const kind = shape.startsWith('step') ? 'step' : 'line';
  if (!shape.endsWith('area')) return html`<path class="${tone}" d="${new Markup(linePath(points, kind, drawing))}"/>`;
  return html`<path class="${tone} fill" d="${new Markup(runsOf(points, drawing.grid).map((run) => areaPath(run, kind, drawing)).join(''))}"/>`;
}

function linePath(points: readonly Point[], kind: 'line' | 'step', drawing: Drawing): string {
  return runsOf(points, drawing.grid).map((run) => `M${pathThrough(run, kind, drawing)}`).join('');
}

/** From the bottom up, along the values and down again; the bottom itself has no line. */
function areaPath(run: readonly Point[], kind: 'line' | 'step', drawing: Drawing): string {
  return `M${x(run[0]?.ms ?? 0, drawing)} ${height}L${pathThrough(run, kind, drawing)}V${height}`;
}

function bandPath(low: readonly Point[], high: readonly Point[], drawing: Drawing): string {
  const [above, below] = [runsOf(high, drawing.grid), runsOf(low, drawing.grid)];
  return above.map((run, index) => `M${pathThrough(run, 'step', drawing)}L${pathThrough((below[index] ?? []).toReversed(), 'line', drawing)}Z`).join('');
}

/** The points as stretches without unknown values and without long gaps between them. */
function runsOf(points: readonly Point[], grid: TimeGrid): readonly (readonly Point[])[] {
  const gapMs = Math.max(longestGapMs, 3 * columnMs(grid));
  const runs: Point[][] = [];
  let before: Point | undefined;
  for (const point of downsample(points, grid)) {
    const isJoined = before !== undefined && before.value !== null && point.ms - before.ms <= gapMs;
    if (point.value !== null) {
      if (isJoined) runs.at(-1)?.push(point);
      else runs.push([point]);
    }
    before = point;
  }
  return runs;
}

function pathThrough(run: readonly Point[], kind: 'line' | 'step', drawing: Drawing): string {
  const places = run.map(({ ms, value }) => [x(ms, drawing), y(value ?? 0, drawing)] as const);
  const [first, ...rest] = places.filter(([, py], index) => index === 0 || py !== places[index - 1]?.[1] || py !== places[index + 1]?.[1]);
  if (first === undefined) return '';
  if (rest.length === 0) return `${first[0]} ${first[1]}h${kind === 'step' ? 2 : 0.1}`;
  return `${first[0]} ${first[1]}${rest.map(([px, py]) => (kind === 'line' ? `L${px} ${py}` : `H${px}V${py}`)).join('')}`;
}

function x(ms: number, { grid }: Drawing): number {
  return round((width * Math.min(Math.max(ms, 0), grid.endMs)) / grid.endMs);
}

function y(value: number, { scale }: Drawing): number {
  return round(height * (1 - scale.at(value)));
}

function oddClass(index: number): Markup {
  return index % 2 === 1 ? html` class="odd"` : html``;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))}%`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
