// Stands in front of a k6 script: everything of the script stays as it is, and the end summary also sends what this process measured
// to pricectl, which puts the processes together. The names of the script and of its default export are written in by pricectl.
import * as script from './price.js';
export * from './price.js';
export { default } from './price.js';

const { grid, thresholds: added } = JSON.parse(open('./pricectl.json'));
const marker = '##PRICECTL';
/** Characters a line: container runtimes cut lines of 8 KiB or 16 KiB. */
const chunkLength = 7_900;
const gridStats = grid.map((percentile) => `p(${percentile})`);
const given = script.options ?? {};
/** What the script's own summary is given; k6's default without a wish. */
const ownStats = given.summaryTrendStats ?? ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

export const options = {
  ...given,
  thresholds: mergeThresholds(given.thresholds ?? {}, added),
  summaryTrendStats: Array.from(new Set([...ownStats, 'count', 'min', 'max', 'avg', ...gridStats])),
};

export function handleSummary(data) {
  const own = ownSummary(data);
  const said = own.stdout === undefined ? '' : toText(own.stdout);
  return { ...own, stdout: `${toLines(toAscii(JSON.stringify(payloadOf(data))))}${said}` };
}

/** What the script's own handleSummary returns, which fails without harm to ours. */
function ownSummary(data) {
  if (typeof script.handleSummary !== 'function') return {};
  try {
    const returned = script.handleSummary(withOwnStats(data));
    return typeof returned === 'object' && returned !== null ? returned : {};
  } catch (error) {
    console.error(`handleSummary of the script failed: ${String(error)}`);
    return {};
  }
}

/** A copy of the data as k6 would give it to the script without us. */
function withOwnStats(data) {
  const metrics = {};
  for (const [name, metric] of Object.entries(data.metrics)) {
    const values = metric.type === 'trend' ? Object.fromEntries(ownStats.map((stat) => [stat, metric.values[stat]])) : metric.values;
    metrics[name] = { ...metric, values };
  }
  return { ...data, metrics, options: { ...data.options, summaryTrendStats: ownStats } };
}

function payloadOf(data) {
  return {
    v: 1,
    endedAtMs: Date.now(),
    durationMs: data.state.testRunDurationMs,
    metrics: metricsOf(data.metrics),
    checks: checksOf(data.root_group),
    thresholds: Object.fromEntries(Object.entries(options.thresholds).map(([metric, list]) => [metric, list.map(expressionOf)])),
  };
}

/** Metrics with samples. */
function metricsOf(metrics) {
  const taken = {};
  for (const [name, { type, contains, values }] of Object.entries(metrics)) {
    if (type === 'counter' && values.count !== 0) taken[name] = { type, contains, count: values.count };
    if (type === 'gauge') taken[name] = { type, contains, value: values.value, min: values.min, max: values.max };
    if (type === 'rate' && values.passes + values.fails > 0) taken[name] = { type, contains, passes: values.passes, fails: values.fails };
    if (type === 'trend' && values.count > 0) {
      const { count, min, max, avg } = values;
      taken[name] = { type, contains, count, min, max, avg, grid: gridStats.map((stat) => values[stat]) };
    }
  }
  return taken;
}

function checksOf(group) {
  const own = group.checks.map(({ path, name, passes, fails }) => ({ path, name, passes, fails }));
  return [...own, ...group.groups.flatMap(checksOf)];
}

function mergeThresholds(own, more) {
  const merged = Object.fromEntries(Object.entries(own).map(([metric, list]) => [metric, [].concat(list)]));
  for (const [metric, list] of Object.entries(more)) merged[metric] = [...(merged[metric] ?? []), ...list];
  return merged;
}

function expressionOf(threshold) {
  return typeof threshold === 'string' ? threshold : threshold.threshold;
}

/** Numbered lines that fit into one line of a container's log, then the length and the CRC-32 of it all. */
function toLines(text) {
  const count = Math.ceil(text.length / chunkLength);
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    lines += `${marker} ${index + 1}/${count} ${text.slice(index * chunkLength, (index + 1) * chunkLength)}\n`;
  }
  return `${lines}${marker}-END ${text.length} ${crc32(text)}\n`;
}

/** JSON whose characters are bytes. */
function toAscii(json) {
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a handleSummary may give for a text. */
function toText(content) {
  if (typeof content === 'string') return content;
  return decodeURIComponent(Array.from(new Uint8Array(content), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}

/** As in zip and gzip, in hexadecimal. */
function crc32(text) {
  const table = Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = -1;
  for (let index = 0; index < text.length; index += 1) crc = table[(crc ^ text.charCodeAt(index)) & 0xff] ^ (crc >>> 8);
  return ((crc ^ -1) >>> 0).toString(16).padStart(8, '0');
}
