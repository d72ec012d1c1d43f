import { quantileGrid } from './merge-grid.ts';
import type { PayloadMetric, RunnerPayload } from './merge-payload.ts';
import type { MetricContains } from './sinks.ts';
import { parseExpression } from './threshold-parser.ts';

/** What a payload isn't; caught in `parsePayload`. */
class MalformedError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const contents: readonly MetricContains[] = ['default', 'time', 'data'];

/** By how much a grid may fall from one point to the next, as a share: k6 interpolates in doubles. */
const roundingError = 1e-9;

/** The payload that a text is, or in words what is wrong with it: `metrics.http_reqs.count isn't a number`. Never throws. */
export function parsePayload(text: string): RunnerPayload | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it isn't JSON";
  }
  try {
    return payloadOf(asFields(value, 'it'));
  } catch (error) {
    if (error instanceof MalformedError) return error.message;
    throw error;
  }
}

function payloadOf(fields: Fields): RunnerPayload {
  if (fields['v'] !== 1) throw new MalformedError('it is of another version of pricectl');
  const metrics = Object.entries(asFields(fields['metrics'], 'metrics'));
  const thresholds = Object.entries(asFields(fields['thresholds'], 'thresholds'));
  return {
    v: 1,
    endedAtMs: positive(fields['endedAtMs'], 'endedAtMs'),
    durationMs: positive(fields['durationMs'], 'durationMs'),
    metrics: Object.fromEntries(metrics.map(([name, metric]) => [name, metricOf(asFields(metric, `metrics.${name}`), `metrics.${name}`)])),
    checks: asList(fields['checks'], 'checks').map((check, index) => checkOf(asFields(check, `checks[${index}]`), `checks[${index}]`)),
    thresholds: Object.fromEntries(
      thresholds.map(([metric, list]) => [metric, asList(list, `thresholds.${metric}`).map((expression) => expressionOf(expression, `thresholds.${metric}`))]),
    ),
  };
}

function metricOf(fields: Fields, path: string): PayloadMetric {
  const contains = contents.find((known) => known === fields['contains']);
  if (contains === undefined) throw new MalformedError(`${path}.contains is none of ${contents.join(', ')}`);
  const read = (key: string) => asNumber(fields[key], `${path}.${key}`);
  switch (fields['type']) {
    case 'counter':
      return { type: 'counter', contains, count: read('count') };
    case 'gauge':
      return { type: 'gauge', contains, value: read('value'), min: read('min'), max: read('max') };
    case 'rate':
      return { type: 'rate', contains, passes: asCount(fields['passes'], `${path}.passes`), fails: asCount(fields['fails'], `${path}.fails`) };
    case 'trend':
      return trendOf(fields, contains, path);
    default:
      throw new MalformedError(`${path}.type is none of counter, gauge, rate, trend`);
  }
}

function trendOf(fields: Fields, contains: MetricContains, path: string): PayloadMetric {
  const count = asCount(fields['count'], `${path}.count`);
  // Of a trend without samples k6 has no percentiles.
  if (count === 0) return { type: 'trend', contains, count, min: 0, max: 0, avg: 0, grid: [] };
  const [min, max, avg] = ['min', 'max', 'avg'].map((key) => asNumber(fields[key], `${path}.${key}`));
  const grid = asList(fields['grid'], `${path}.grid`).map((value) => asNumber(value, `a value of ${path}.grid`));
  if (grid.length !== quantileGrid.length) throw new MalformedError(`${path}.grid has ${grid.length} values, not ${quantileGrid.length}`);
  const falling = grid.findIndex((value, index) => value < (grid[index - 1] ?? value) - roundingError * Math.abs(value));
  if (falling >= 0) throw new MalformedError(`${path}.grid falls at p(${quantileGrid[falling]})`);
  return { type: 'trend', contains, count, min: min ?? 0, max: max ?? 0, avg: avg ?? 0, grid };
}

function checkOf(fields: Fields, path: string): RunnerPayload['checks'][number] {
  return {
    path: asText(fields['path'], `${path}.path`),
    name: asText(fields['name'], `${path}.name`),
    passes: asCount(fields['passes'], `${path}.passes`),
    fails: asCount(fields['fails'], `${path}.fails`),
  };
}

function expressionOf(value: unknown, path: string): string {
  const text = asText(value, path).trim();
  try {
    parseExpression(text, text);
  } catch {
    throw new MalformedError(`${path} has ${JSON.stringify(text)}, which is no threshold`);
  }
  return text;
}

function asFields(value: unknown, path: string): Fields {
  if (!isFields(value)) throw new MalformedError(`${path} isn't an object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asList(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedError(`${path} isn't a list`);
  return value;
}

function asText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new MalformedError(`${path} isn't text`);
  return value;
}

/** JSON may have a number that no double holds, which reads as infinite. */
function asNumber(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new MalformedError(`${path} isn't a number`);
  return value;
}

function positive(value: unknown, path: string): number {
  const number = asNumber(value, path);
  if (number < 0) throw new MalformedError(`${path} is below 0`);
  return number;
}

function asCount(value: unknown, path: string): number {
  const count = asNumber(value, path);
  if (!Number.isSafeInteger(count) || count < 0) throw new MalformedError(`${path} isn't a count`);
  return count;
}
