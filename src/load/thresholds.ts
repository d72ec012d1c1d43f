import { baseMetric, builtinMetrics, type MetricKinds } from './builtin-metrics.ts';
import type { Profile } from './profile.ts';
import { type MetricType, perSecond, type Sink, type SinkSet } from './sinks.ts';
import { parseExpression, type ThresholdExpression, type ThresholdOperator } from './threshold-parser.ts';

/** A threshold and whether it held. */
export interface ThresholdResult {
  /** Metric or submetric. */
  readonly metric: string;
  readonly expression: string;
  /** What was compared with the limit; null when the metric had no samples (a counter's is 0 then). */
  readonly value: number | null;
  readonly ok: boolean;
}

/**
 * Judges thresholds at the end of a test of `ms` milliseconds, as k6 does (k6: metrics/thresholds.go). A metric without samples is
 * judged as 0, so that `p(95)<200` holds and `count>0` doesn't; a rate without samples holds always.
 * Throws UsageError for an expression that `parseThresholds` would refuse.
 */
export function judgeThresholds(
  sinks: SinkSet,
  thresholds: Profile['thresholds'],
  ms: number,
  kinds: MetricKinds = builtinMetrics,
): readonly ThresholdResult[] {
  return Object.entries(thresholds).flatMap(([metric, expressions]) =>
    expressions.map((source) => {
      const expression = parseExpression(source, `${metric}:${source}`);
      const sink = sinks.get(metric);
      const judged = sink === undefined ? judgeEmpty(kinds.get(baseMetric(metric))?.type, expression) : judge(sink, expression, ms);
      return { metric, expression: source, ...judged };
    }),
  );
}

function judge(sink: Sink, expression: ThresholdExpression, ms: number): Pick<ThresholdResult, 'value' | 'ok'> {
  const value = valueOf(sink, expression, ms);
  return { value, ok: holds(value, expression.operator, expression.limit) };
}

function judgeEmpty(type: MetricType | undefined, expression: ThresholdExpression): Pick<ThresholdResult, 'value' | 'ok'> {
  const { method, operator, limit } = expression;
  const isCounter = type === 'counter' || method === 'count';
  const isRate = !isCounter && method === 'rate';
  return { value: isCounter ? 0 : null, ok: isRate || holds(0, operator, limit) };
}

function valueOf(sink: Sink, { method, percentile }: ThresholdExpression, ms: number): number {
  if (sink.type === 'counter') return method === 'count' ? sink.count : perSecond(sink.count, ms);
  if (sink.type === 'gauge') return sink.value;
  if (sink.type === 'rate') return sink.passes / sink.total;
  const { samples } = sink;
  if (percentile !== null) return samples.quantile(percentile / 100);
  if (method === 'min' || method === 'max') return samples[method];
  return method === 'avg' ? samples.sum / samples.count : samples.quantile(0.5);
}

function holds(value: number, operator: ThresholdOperator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '!=':
      return value !== limit;
    default:
      return value === limit;
  }
}
