import { UsageError } from '../tools/errors.ts';
import { builtinMetrics, type MetricKinds } from './builtin-metrics.ts';
import type { Profile } from './profile.ts';
import type { MetricType } from './sinks.ts';

/** What of a metric is compared. `p` is a percentile. */
export type AggregationMethod = 'count' | 'rate' | 'value' | 'avg' | 'min' | 'med' | 'max' | 'p';

/** How it is compared. */
export type ThresholdOperator = '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';

/** A threshold expression such as `p(95)<200`, taken apart. */
export interface ThresholdExpression {
  readonly method: AggregationMethod;
  /** 0 .. 100; null for other methods than `p`. */
  readonly percentile: number | null;
  readonly operator: ThresholdOperator;
  readonly limit: number;
}

const methodsOfType: Readonly<Record<MetricType, readonly AggregationMethod[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};

const operators: readonly ThresholdOperator[] = ['<', '<=', '>', '>=', '==', '===', '!='];

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Thresholds as the command line gives them, `METRIC:EXPRESSION` each, by metric or submetric: `http_req_duration:p(95)<200`,
 * `http_req_duration{expected_response:true}:max<1000`.
 * Throws UsageError `PRICECTL_E_THRESHOLD` that names the bad part and what is allowed instead.
 */
export function parseThresholds(texts: readonly string[], metrics: MetricKinds = builtinMetrics): Profile['thresholds'] {
  const parsed = texts.map((text) => parseThreshold(text, metrics));
  const byMetric = Map.groupBy(parsed, ({ metric }) => metric);
  return Object.fromEntries(Array.from(byMetric, ([metric, group]) => [metric, group.map(({ expression }) => expression)]));
}

function parseThreshold(text: string, metrics: MetricKinds): { metric: string; expression: string } {
  const match = /^\s*([^\s:{}]+)\s*(?:\{([^{}]*)\})?\s*:(.*)$/s.exec(text);
  const [, name, tags, expression] = match ?? [];
  if (name === undefined || expression === undefined) {
    throw bad(text, 'it is not METRIC:EXPRESSION, such as http_req_duration:p(95)<200');
  }
  const kind = metrics.get(name);
  if (kind === undefined) throw bad(text, `there is no metric ${JSON.stringify(name)}; metrics are ${[...metrics.keys()].join(', ')}`);
  const { method } = parseExpression(expression, text);
  const allowed = methodsOfType[kind.type];
  if (!allowed.includes(method)) {
    throw bad(text, `${name} is a ${kind.type}, which has no ${methodWords(method)}; it has ${allowed.map(methodWords).join(', ')}`);
  }
  return { metric: tags === undefined ? name : `${name}{${parseTags(tags, text)}}`, expression: expression.trim() };
}

/** `tag:value,...` without the spaces and quotes that k6 ignores (k6: metrics/metric.go, AddSubmetric). */
function parseTags(tags: string, text: string): string {
  const pairs = tags.split(',').map((pair) => /^\s*["']?([^:"']+?)["']?\s*:\s*["']?([^"']+?)["']?\s*$/.exec(pair));
  if (pairs.includes(null)) throw bad(text, `{${tags}} is not {TAG:VALUE,...}, such as {expected_response:true}`);
  return pairs.map((pair) => `${pair?.[1]}:${pair?.[2]}`).join(',');
}

/**
 * Takes an expression apart by k6's grammar (k6: metrics/thresholds_parser.go): method, operator, number, with spaces between them or not.
 * `source` is what the error quotes. Throws UsageError `PRICECTL_E_THRESHOLD`.
 */
export function parseExpression(expression: string, source: string): ThresholdExpression {
  const [, left = '', symbol = '', right = ''] = /^([^<>=!]*)([<>=!]*)(.*)$/s.exec(expression)?.map((part) => part.trim()) ?? [];
  const operator = operators.find((known) => known === symbol);
  if (operator === undefined) {
    const words = symbol === '' ? 'it has no operator' : `${JSON.stringify(symbol)} is not an operator`;
    throw bad(source, `${words}; operators are ${operators.join(' ')}`);
  }
  const limit = numberPattern.test(right) ? Number(right) : Number.NaN;
  if (!Number.isFinite(limit)) throw bad(source, `${JSON.stringify(right)} is not a number, such as the 200 of p(95)<200`);
  return { ...parseMethod(left, source), operator, limit };
}

function parseMethod(text: string, source: string): Pick<ThresholdExpression, 'method' | 'percentile'> {
  const inner = /^p\((.*)\)$/s.exec(text)?.[1];
  if (inner !== undefined) {
    const percentile = numberPattern.test(inner) ? Number(inner) : Number.NaN;
    if (percentile >= 0 && percentile <= 100) return { method: 'p', percentile };
    throw bad(source, `${JSON.stringify(text)} is not a percentile; those are p(0) to p(100), such as p(99.9)`);
  }
  const methods = Object.values(methodsOfType).flat();
  const method = methods.find((known) => known === text && known !== 'p');
  if (method !== undefined) return { method, percentile: null };
  throw bad(source, `${JSON.stringify(text)} is not a value of a metric; those are ${[...new Set(methods)].map(methodWords).join(', ')}`);
}

function methodWords(method: AggregationMethod): string {
  return method === 'p' ? 'p(N)' : method;
}

function bad(text: string, why: string): UsageError {
  return new UsageError('PRICECTL_E_THRESHOLD', `--threshold ${JSON.stringify(text)}: ${why}`);
}
