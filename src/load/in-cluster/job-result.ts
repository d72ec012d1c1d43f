import type { EngineResult, LoadProgress } from '../engine.ts';
import type { Sink, SinkSet } from '../sinks.ts';

/** What is known of a load whose result is lost. */
export interface LostLoad {
  /** Name of the pod. */
  readonly pod: string;
  readonly exitCode: number;
  readonly startedAtMs: number;
  /** What it told of itself, in order of time. */
  readonly series: readonly LoadProgress[];
  readonly interrupted: boolean;
  /** What became of the pod, in words. */
  readonly why: string;
}

/** The result that a pod told, its runners named after it. */
export function receivedResult(result: EngineResult, pod: string): EngineResult {
  const isOnly = result.runners.length === 1;
  return { ...result, runners: result.runners.map((runner) => ({ ...runner, name: isOnly ? pod : `${pod}/${runner.name}` })) };
}

/** The result of a load of which only its progress is known: one lost runner, and the numbers of its last second. */
export function lostResult({ pod, exitCode, startedAtMs, series, interrupted, why }: LostLoad): EngineResult {
  const last = series.at(-1);
  return {
    ...emptyResult(startedAtMs, interrupted),
    metrics: countedMetrics(last),
    ms: last?.elapsedMs ?? 0,
    runners: [{ name: pod, exitCode, payload: 'lost', requests: last?.requests ?? 0 }],
    series,
    warnings: [`${pod} ended without its result: ${why}`],
  };
}

/** The result of a load that never began. */
export function emptyResult(startedAtMs: number, interrupted: boolean): EngineResult {
  return { metrics: new Map(), checks: [], startedAtMs, ms: 0, interrupted, runners: [], series: [], warnings: [], percentiles: { method: 'exact', relativeError: 0 } };
}

function countedMetrics(last: LoadProgress | undefined): SinkSet {
  if (last === undefined || last.requests === 0) return new Map();
  return new Map<string, Sink>([
    ['http_reqs', { type: 'counter', contains: 'default', count: last.requests }],
    ['http_req_failed', { type: 'rate', contains: 'default', passes: last.failed, total: last.requests }],
  ]);
}
