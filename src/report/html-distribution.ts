import { type Distribution, quantileOf, shareUpTo } from '../load/distribution.ts';
import { formatLatency, formatNumber, formatShare } from './format.ts';
import { html, type Markup } from './html.ts';
import { sectionHtml, tableHtml } from './html-table.ts';
import type { ReportData } from './report-data.ts';
import { linearScale, logScale, type Scale } from './scale.ts';

/** Bars of the histogram. */
const bars = 60;

const shownPercentiles = [50, 75, 90, 95, 99, 99.9, 99.99];

/** How long requests took: a histogram on a logarithmic axis, and percentiles to the slowest. */
export function distributionHtml({ distribution }: ReportData): Markup {
  const title = 'Latency distribution';
  if (distribution === null) {
    return sectionHtml('distribution', title, [html`<p class="unknown">Not recorded: no request has ended, or the run is of an older pricectl.</p>`]);
  }
  const rows = [['fastest', quantileOf(distribution, 0)] as const, ...percentilesOf(distribution), ['slowest', quantileOf(distribution, 1)] as const];
  return sectionHtml('distribution', title, [
    html`<div class="beside"><div>${histogram(distribution)}<p class="note">${formatNumber(distribution.count)} requests by ${distribution.metric}; the axis is logarithmic.</p></div>`,
    tableHtml('Percentiles', [{ title: 'Percentile' }, { title: 'At most', isNumber: true }], rows.map(([name, value]) => [name, formatLatency(value)])),
    html`</div>`,
  ]);
}

/** Percentiles that so many samples tell apart from the slowest. */
function percentilesOf(distribution: Distribution): readonly (readonly [name: string, value: number])[] {
  return shownPercentiles
    .filter((percent) => distribution.count * (1 - percent / 100) >= 1)
    .map((percent) => [`p${percent}`, quantileOf(distribution, percent / 100)]);
}

/** A bar of a histogram: the share of samples above `from`, up to `to`; the first has those at `from` as well. */
interface Bar {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

function histogram(distribution: Distribution): Markup {
  const [low, high] = rangeOf(distribution);
  const axis = logScale({ low, high });
  const all = barsOf(distribution, low, high);
  const shares = linearScale(100 * Math.max(...all.map(({ share }) => share)));
  const drawn = all.filter(({ share }) => share > 0).map((bar) => barHtml(bar, axis, shares));
  const across = shares.ticks.map((tick) => html`<line class="grid" x2="100%" y1="${percent(1 - shares.at(tick))}" y2="${percent(1 - shares.at(tick))}"/>`);
  const marks = [50, 95, 99].map((percentile) => html`<line class="event" x1="${percent(axis.at(quantileOf(distribution, percentile / 100)))}" x2="${percent(axis.at(quantileOf(distribution, percentile / 100)))}" y2="100%"/>`);
  const labels = shares.ticks.map((tick) => html`<text x="100%" y="${percent(1 - shares.at(tick))}" dy="0.32em" text-anchor="end">${formatNumber(tick)} %</text>`);
  const times = axis.ticks.map((tick, index) => html`<text x="${percent(axis.at(tick))}" y="14" text-anchor="${anchorAt(axis.at(tick))}"${index % 2 === 1 ? html` class="odd"` : ''}>${formatLatency(tick)}</text>`);
  const label = `Histogram of ${formatNumber(distribution.count)} requests: half took at most ${formatLatency(quantileOf(distribution, 0.5))}`;
  return html`<div class="chart histogram"><svg class="y" aria-hidden="true">${labels}</svg><svg class="plot" role="img" aria-label="${label}">${across}${drawn}${marks}</svg></div>
<div class="chart"><span></span><svg class="times" aria-hidden="true">${times}</svg></div>
<p class="note marks">Lines: p50, p95 and p99.</p>`;
}

/** A logarithmic axis begins above 0, and has some width also when all samples are alike. */
function rangeOf(distribution: Distribution): readonly [low: number, high: number] {
  const high = Math.max(quantileOf(distribution, 1), 0.002);
  const low = Math.min(Math.max(quantileOf(distribution, 0), high / 1e6, 0.001), high);
  return high / low < 1.5 ? [low / 1.25, high * 1.25] : [low, high];
}

function barsOf(distribution: Distribution, low: number, high: number): readonly Bar[] {
  const edge = (index: number) => (index === bars ? high : low * (high / low) ** (index / bars));
  return Array.from({ length: bars }, (_, index) => {
    const below = index === 0 ? 0 : shareUpTo(distribution, edge(index));
    return { from: edge(index), to: edge(index + 1), share: shareUpTo(distribution, edge(index + 1)) - below };
  });
}

function barHtml({ from, to, share }: Bar, axis: Scale, shares: Scale): Markup {
  const [x, tall] = [axis.at(from), shares.at(100 * share)];
  const words = `${formatLatency(from)} – ${formatLatency(to)}: ${formatShare(share)}`;
  return html`<rect class="bar" x="${percent(x)}" y="${percent(1 - tall)}" width="${percent(axis.at(to) - x)}" height="${percent(tall)}"><title>${words}</title></rect>`;
}

/** Labels at the ends stay within the chart. */
function anchorAt(share: number): 'start' | 'middle' | 'end' {
  if (share < 0.03) return 'start';
  return share > 0.97 ? 'end' : 'middle';
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))}%`;
}
