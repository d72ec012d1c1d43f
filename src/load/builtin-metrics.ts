import type { MetricContains, MetricType } from './sinks.ts';

/** Kind of a metric and of its values. */
export interface MetricKind {
  readonly type: MetricType;
  readonly contains: MetricContains;
}

/** Kinds of metrics by name, without submetrics. */
export type MetricKinds = ReadonlyMap<string, MetricKind>;

/** The metrics that every engine may report: k6's (k6: metrics/builtin.go) and `http_req_resent`, requests sent once more. */
export const builtinMetrics: MetricKinds = new Map<string, MetricKind>([
  ['vus', { type: 'gauge', contains: 'default' }],
  ['vus_max', { type: 'gauge', contains: 'default' }],
  ['iterations', { type: 'counter', contains: 'default' }],
  ['iteration_duration', { type: 'trend', contains: 'time' }],
  ['dropped_iterations', { type: 'counter', contains: 'default' }],
  ['checks', { type: 'rate', contains: 'default' }],
  ['group_duration', { type: 'trend', contains: 'time' }],
  ['http_reqs', { type: 'counter', contains: 'default' }],
  ['http_req_failed', { type: 'rate', contains: 'default' }],
  ['http_req_resent', { type: 'counter', contains: 'default' }],
  ['http_req_duration', { type: 'trend', contains: 'time' }],
  ['http_req_blocked', { type: 'trend', contains: 'time' }],
  ['http_req_connecting', { type: 'trend', contains: 'time' }],
  ['http_req_tls_handshaking', { type: 'trend', contains: 'time' }],
  ['http_req_sending', { type: 'trend', contains: 'time' }],
  ['http_req_waiting', { type: 'trend', contains: 'time' }],
  ['http_req_receiving', { type: 'trend', contains: 'time' }],
  ['data_sent', { type: 'counter', contains: 'data' }],
  ['data_received', { type: 'counter', contains: 'data' }],
]);

/** Name of the metric that a submetric `name{tag:value}` belongs to; any other name is returned as it is. */
export function baseMetric(name: string): string {
  const brace = name.indexOf('{');
  return brace < 0 ? name : name.slice(0, brace);
}
