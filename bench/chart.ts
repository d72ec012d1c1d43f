import type { Axis, Chart, ChartLine } from './findings.ts';
import { formatNumber } from './format.ts';

const size = { width: 640, height: 320 };
const plot = { left: 76, right: 500, top: 40, bottom: 262 };
const colors = ['#1a7f37', '#0969da', '#9a6700', '#8250df'];

/** A place on an axis. */
interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** A chart whose x is logarithmic, unless said otherwise, and whose y isn't. */
export function toChart(name: string, title: string, x: string, y: string, lines: readonly ChartLine[], isLogarithmic: { readonly x?: boolean; readonly y?: boolean } = {}): Chart {
  return { name, title, x: { label: x, isLogarithmic: isLogarithmic.x ?? true }, y: { label: y, isLogarithmic: isLogarithmic.y ?? false }, lines };
}

/** The chart as an SVG picture, on white so that it can be read on a dark page too. The same chart gives the same text. */
export function toSvg({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap(({ points }) => points);
  const [xs, ys] = [scaleOf(x, points.map(([value]) => value), plot.left, plot.right), scaleOf(y, points.map(([, value]) => value), plot.bottom, plot.top)];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    `<text x="${plot.left}" y="22" font-size="14" font-weight="bold">${escape(title)}</text>`,
    ...ys.ticks.flatMap((tick) => {
      const at = round(ys.at(tick));
      return [`<path d="M${plot.left} ${at}H${plot.right}" stroke="#d0d7de"/>`, `<text x="${plot.left - 8}" y="${at + 4}" text-anchor="end">${formatNumber(tick)}</text>`];
    }),
    ...xs.ticks.map((tick) => `<text x="${round(xs.at(tick))}" y="${plot.bottom + 18}" text-anchor="middle">${formatNumber(tick)}</text>`),
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 40}" text-anchor="middle" fill="#57606a">${escape(x.label)}</text>`,
    `<text transform="translate(14 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#57606a">${escape(y.label)}</text>`,
    ...lines.flatMap((line, index) => drawLine(line, colors[index % colors.length] ?? '', xs, ys, index)),
    '</svg>',
  ].join('\n')}\n`;
}

function drawLine({ name, points }: ChartLine, color: string, xs: Scale, ys: Scale, index: number): readonly string[] {
  const places = points.map(([x, y]) => `${round(xs.at(x))} ${round(ys.at(y))}`);
  const legendAt = plot.top + 20 * index;
  return [
    ...(places.length > 0 ? [`<path d="M${places.join('L')}" fill="none" stroke="${color}" stroke-width="2"/>`] : []),
    ...(places.length > 20 ? [] : points.map(([x, y]) => `<circle cx="${round(xs.at(x))}" cy="${round(ys.at(y))}" r="3" fill="${color}"/>`)),
    `<path d="M${plot.right + 16} ${legendAt}h18" stroke="${color}" stroke-width="2"/>`,
    `<text x="${plot.right + 40}" y="${legendAt + 4}">${escape(name)}</text>`,
  ];
}

function scaleOf({ isLogarithmic }: Axis, values: readonly number[], from: number, to: number): Scale {
  const known = values.filter((value) => Number.isFinite(value) && (!isLogarithmic || value > 0));
  const ticks = isLogarithmic ? powersAround(known) : stepsAround(known);
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const place = isLogarithmic ? Math.log10 : (value: number) => value;
  return { ticks, at: (value) => from + ((to - from) * (place(value) - place(low))) / (place(high) - place(low) || 1) };
}

/** Powers of ten that have all values between them. */
function powersAround(values: readonly number[]): readonly number[] {
  const low = Math.floor(Math.log10(Math.min(...values, 1e9)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values, 1e-9))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** About five round steps from 0. */
function stepsAround(values: readonly number[]): readonly number[] {
  const max = Math.max(...values, 1e-9);
  const power = 10 ** Math.floor(Math.log10(max / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => max / step <= 5) ?? 10 * power;
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, index) => index * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
