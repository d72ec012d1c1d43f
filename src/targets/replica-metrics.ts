/** Counters and gauges of one replica process at one moment. */
export interface ReplicaMetrics {
  /** CPU time since its start, in user and kernel mode. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Answered requests for prices since its start. */
  readonly requests: number;
}

/** A reading and when it was taken. */
export interface MetricsReading extends ReplicaMetrics {
  /** On a clock that never jumps. */
  readonly monotonicMs: number;
}

/** What a replica did between two readings. */
export interface ReplicaUsage {
  /** Whole number, rounded up as metrics-server does. */
  readonly millicores: number;
  readonly requestsPerSecond: number;
  /** End of the window, on a clock that never jumps. */
  readonly monotonicMs: number;
  readonly windowMs: number;
}

const priceRoutes = new Set(['/price', '/prices']);

/** Reads the metrics that we use out of the Prometheus text format 0.0.4; undefined when CPU or memory is missing. */
export function parseMetrics(text: string): ReplicaMetrics | undefined {
  let cpuSeconds: number | undefined;
  let memoryBytes: number | undefined;
  let requests = 0;
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === 'process_cpu_seconds_total') cpuSeconds = Number(value);
    else if (name === 'process_resident_memory_bytes') memoryBytes = Number(value);
    else if (name === 'http_requests_total' && priceRoutes.has(/(?:^|,)route="([^"]*)"/.exec(labels)?.[1] ?? '')) requests += Number(value);
  }
  return cpuSeconds === undefined || memoryBytes === undefined ? undefined : { cpuSeconds, memoryBytes, requests };
}

/** What happened between two readings of the same process; undefined when no time passed. */
export function usageBetween(before: MetricsReading, after: MetricsReading): ReplicaUsage | undefined {
  const windowMs = after.monotonicMs - before.monotonicMs;
  if (windowMs <= 0) return undefined;
  return {
    // The quotient of seconds has digits behind the last that was measured, which must not round up.
    millicores: Math.ceil(Number((((after.cpuSeconds - before.cpuSeconds) / windowMs) * 1e6).toFixed(6))),
    requestsPerSecond: ((after.requests - before.requests) / windowMs) * 1_000,
    monotonicMs: after.monotonicMs,
    windowMs,
  };
}
