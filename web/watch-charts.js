import uPlot from './uplot.js';
import { formatClock, formatCount, formatLatency, formatPercent } from './watch-format.js';

/** What each chart shows: keys of a WatchPoint, and colours of the style sheet. */
const panels = [
  { title: 'Replicas', format: formatCount, least: 4, isWhole: true, series: [{ key: 'ready', label: 'ready', color: '--main', area: true, steps: true }, { key: 'desired', label: 'desired', color: '--high', dash: [5, 4], steps: true }] },
  { title: 'CPU of request', format: formatPercent, least: 60, band: true, series: [{ key: 'cpuPercent', label: 'average', color: '--main' }] },
  { title: 'Requests per second', format: formatCount, least: 10, series: [{ key: 'requestsPerSecond', label: 'req/s', color: '--main', area: true }] },
  { title: 'Latency', note: 'logarithmic', format: formatLatency, formatTick: formatPower, isLog: true, series: [{ key: 'p50Ms', label: 'p50', color: '--low' }, { key: 'p95Ms', label: 'p95', color: '--main' }, { key: 'p99Ms', label: 'p99', color: '--high' }] },
];

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Charts over one time axis below an element; arrow keys there read values, which `reading` says aloud. */
export function createCharts(root, reading) {
  const state = { points: [], startedAtMs: 0, frame: undefined, rangeS: 600 };
  let charts = build();
  const redraw = () => charts.forEach((chart) => chart.show(state));

  function build() {
    root.replaceChildren();
    const sync = uPlot.sync('watch');
    return panels.map((panel) => createChart(root, panel, sync));
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    charts.forEach((chart) => chart.destroy());
    charts = build();
    redraw();
  });
  new ResizeObserver(() => charts.forEach((chart) => chart.resize())).observe(root);
  for (const input of document.querySelectorAll('input[name="range"]')) {
    input.addEventListener('change', () => {
      state.rangeS = Number(input.value);
      redraw();
    });
  }
  root.addEventListener('keydown', (event) => readByKeys(event, charts, reading));
  return {
    show(points, startedAtMs, frame) {
      Object.assign(state, { points, startedAtMs, frame });
      redraw();
    },
  };
}

/** Moves the cursor of all charts by the arrow keys, a tenth of the width with shift. */
function readByKeys(event, charts, reading) {
  const { u } = charts[0];
  const [times] = u.data;
  const last = times.length - 1;
  const at = u.cursor.idx ?? last + 1;
  const by = event.shiftKey ? Math.max(1, Math.round(last / 10)) : 1;
  const to = { ArrowLeft: at - by, ArrowRight: at + by, Home: 0, End: last }[event.key];
  if (event.key === 'Escape') u.setCursor({ left: -10, top: -10 }, true, true);
  if (to === undefined || last < 0) return;
  event.preventDefault();
  const index = Math.max(0, Math.min(last, to));
  u.setCursor({ left: u.valToPos(times[index], 'x'), top: 1 }, true, true);
  reading.textContent = [formatClock(times[index] * 1_000), ...charts.flatMap((chart) => chart.readings(index))].join(', ');
}

function createChart(root, panel, sync) {
  const figure = document.createElement('figure');
  const { caption, outputs } = makeCaption(panel);
  const plot = document.createElement('div');
  plot.className = 'plot';
  figure.append(caption, plot);
  root.append(figure);
  const shown = { frame: undefined };
  const u = new uPlot(optionsOf(panel, plot, sync, shown, (index) => tell(index)), [[], ...panel.series.map(() => [])], plot);
  const valueAt = (series, index) => u.data[series + 1][index] ?? null;
  const tell = (index) => {
    const at = index ?? u.data[0].length - 1;
    outputs.forEach((output, series) => (output.textContent = panel.format(valueAt(series, at))));
  };
  return {
    u,
    show({ points, startedAtMs, frame, rangeS }) {
      shown.frame = frame;
      const now = points.at(-1)?.ms ?? 0;
      // A watch that is younger than the time shown has the whole width.
      const rangeMs = Math.min(rangeS * 1_000, Math.max(60_000, now - (points[0]?.ms ?? 0)));
      const within = points.filter(({ ms }) => ms >= now - rangeMs);
      const toSeconds = (ms) => (startedAtMs + ms) / 1_000;
      u.setData([within.map(({ ms }) => toSeconds(ms)), ...panel.series.map(({ key }) => within.map((point) => point[key]))], false);
      u.batch(() => {
        u.setScale('x', { min: toSeconds(now - rangeMs), max: toSeconds(now) });
        u.setScale('y', limitsOf(within, panel, frame));
      });
      tell(u.cursor.idx);
    },
    readings: (index) => panel.series.map(({ label }, series) => `${label} ${panel.format(valueAt(series, index))}`),
    resize: () => u.setSize({ width: plot.clientWidth, height: plot.clientHeight }),
    destroy: () => u.destroy(),
  };
}

function makeCaption({ title, note, series }) {
  const caption = document.createElement('figcaption');
  const name = document.createElement('b');
  name.textContent = title;
  if (note !== undefined) name.title = note;
  const outputs = series.map(() => document.createElement('output'));
  const keys = series.map(({ label, color: name, dash }, index) => {
    const key = document.createElement('span');
    key.className = dash === undefined ? 'key' : 'key dashed';
    key.style.setProperty('--swatch', `var(${name})`);
    key.append(`${label} `, outputs[index]);
    return key;
  });
  caption.append(name, ...keys);
  return { caption, outputs };
}

/** The ends of the axis: room above the highest value and for the band; of a logarithmic one whole powers of ten. */
function limitsOf(points, { series, least, band, isLog }, frame) {
  const values = points.flatMap((point) => series.map(({ key }) => point[key] ?? 0)).filter((value) => value > 0);
  if (isLog) {
    const lowest = values.reduce((low, value) => Math.min(low, value), 1);
    const highest = values.reduce((high, value) => Math.max(high, value), 10);
    return { min: 10 ** Math.floor(Math.log10(lowest)), max: 10 ** Math.ceil(Math.log10(highest)) };
  }
  const bound = band ? (frame?.cpu?.band?.high ?? frame?.cpu?.target ?? 0) * 1.15 : 0;
  return { min: 0, max: values.reduce((high, value) => Math.max(high, value * 1.1), Math.max(least, bound)) };
}

function optionsOf(panel, plot, sync, shown, onIndex) {
  const axis = { stroke: color('--dim'), font: '12px system-ui, sans-serif', ticks: { show: false }, grid: { stroke: color('--rule'), width: 1 } };
  return {
    width: plot.clientWidth,
    height: plot.clientHeight,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: sync.key }, points: { size: 6 } },
    scales: { x: { time: true, auto: false }, y: { auto: false, ...(panel.isLog ? { distr: 3 } : {}) } },
    axes: [
      { ...axis, size: 30, gap: 9, space: 70, values: (_, splits) => splits.map((second) => formatClock(second * 1_000).slice(0, splits[1] - splits[0] < 60 ? 8 : 5)) },
      { ...axis, size: 56, space: 32, ...(panel.isLog ? { filter: keepPowersOfTen, grid: { ...axis.grid, filter: keepPowersOfTen } } : {}), values: (_, splits) => splits.map((value) => tick(value, panel)) },
    ],
    series: [{}, ...panel.series.map(seriesOf)],
    hooks: {
      setCursor: [({ cursor }) => onIndex(cursor.left >= 0 ? cursor.idx : null)],
      drawAxes: panel.band ? [(u) => drawBand(u, shown.frame?.cpu)] : [],
    },
  };
}

/** The words of a line of the grid; none between whole replicas. */
function tick(value, { isWhole, format, formatTick = format }) {
  return value === null || (isWhole && !Number.isInteger(value)) ? '' : formatTick(value);
}

/** Of a logarithmic axis only powers of ten have a line. */
function keepPowersOfTen(_, splits) {
  return splits.map((value) => (Math.abs(Math.log10(value) % 1) < 1e-6 ? value : null));
}

function formatPower(ms) {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${Number(ms.toPrecision(2))} ms`;
}

function seriesOf({ label, color: name, dash, area, steps }) {
  return {
    label,
    stroke: color(name),
    width: 1.75,
    points: { show: false },
    ...(dash === undefined ? {} : { dash }),
    ...(area ? { fill: color('--area') } : {}),
    ...(steps ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  };
}

/** Where the autoscaler changes nothing, and the target in it. */
function drawBand(u, cpu) {
  if (!cpu) return;
  const { left, width } = u.bbox;
  const y = (value) => u.valToPos(value, 'y', true);
  const { low, high } = cpu.band ?? { low: cpu.target, high: cpu.target };
  u.ctx.save();
  u.ctx.fillStyle = color('--band');
  u.ctx.fillRect(left, y(high), width, y(low) - y(high));
  u.ctx.strokeStyle = color('--good');
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(left, y(cpu.target));
  u.ctx.lineTo(left + width, y(cpu.target));
  u.ctx.stroke();
  u.ctx.restore();
}
