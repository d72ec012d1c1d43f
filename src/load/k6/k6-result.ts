import type { EngineResult, LoadProgress, LoadRequest, Runner } from '../engine.ts';
import { Histogram } from '../histogram.ts';
import { mergeRunners } from '../merge.ts';
import type { RunnerPayload } from '../merge-payload.ts';
import { describeLimits } from '../node/warnings.ts';
import type { SinkSet } from '../sinks.ts';
import { addUp } from './live-progress.ts';
import { ownScenario } from '../profile.ts';

/** What is known of one k6 process that has ended. */
export interface EndedRunner {
  readonly name: string;
  readonly exitCode: number;
  /** Why it ended so, in words; null for 0. */
  readonly reason: string | null;
  /** What it measured, what is wrong with that in words, or undefined when nothing came. */
  readonly payload: RunnerPayload | string | undefined;
  /** Requests that it told of while it ran. */
  readonly requests: number;
}

/** What a test left behind. */
export interface K6Record {
  readonly request: LoadRequest;
  /** Whether the script is the user's, and brings its own thresholds. */
  readonly isOwn: boolean;
  readonly startedAtMs: number;
  /** Until the last process had ended; counts when no payload came. */
  readonly ms: number;
  readonly interrupted: boolean;
  readonly series: readonly LoadProgress[];
  readonly runners: readonly EndedRunner[];
  /** In words, from before and during the load. */
  readonly warnings: readonly string[];
}

/** A rest of a second shorter than this is no point of the series: its rate would be noise. */
const shortestRestMs = 500;

/** The result of all processes; one runner a process. */
export function assembleK6Result(record: K6Record): EngineResult {
  const { runners, isOwn } = record;
  const payloads = runners.flatMap(({ payload }) => (typeof payload === 'object' ? payload : []));
  const merged = mergeRunners(payloads);
  const ms = payloads.length === 0 ? record.ms : merged.ms;
  return {
    metrics: merged.metrics,
    checks: merged.checks,
    startedAtMs: record.startedAtMs,
    ms,
    interrupted: record.interrupted,
    runners: runners.map(toRunner),
    series: withRest(record.series, merged.metrics, ms, payloads.length === runners.length),
    warnings: [...record.warnings, ...merged.warnings, ...limitsOf(record, merged.metrics)],
    percentiles: merged.percentiles,
    ...(isOwn ? { thresholds: merged.thresholds } : {}),
  };
}

function toRunner({ name, exitCode, reason, payload, requests }: EndedRunner): Runner {
  if (typeof payload === 'object') return { name, exitCode, payload: 'received', requests: countOf(payload.metrics['http_reqs']), reason };
  return { name, exitCode: exitCode || 1, payload: 'lost', requests, reason: payload ?? reason ?? 'it told nothing of what it measured' };
}

/** The series with what came after its last second, which REST no longer tells. */
function withRest(series: readonly LoadProgress[], metrics: SinkSet, ms: number, isWhole: boolean): readonly LoadProgress[] {
  const last = series.at(-1);
  if (!isWhole || ms - (last?.elapsedMs ?? 0) < shortestRestMs) return series;
  const failed = metrics.get('http_req_failed');
  const look = {
    vus: last?.vus ?? 0,
    requests: countOf(metrics.get('http_reqs')),
    failed: failed?.type === 'rate' ? failed.passes : 0,
    droppedIterations: countOf(metrics.get('dropped_iterations')),
  };
  return [...series, addUp([look], ms, last)];
}

function limitsOf({ request, isOwn, runners }: K6Record, metrics: SinkSet): readonly string[] {
  if (isOwn) return [];
  return describeLimits({
    scenario: ownScenario(request.profile),
    workers: runners.length,
    utilization: [],
    lateness: new Histogram(),
    dropped: countOf(metrics.get('dropped_iterations')),
    redirects: 0,
    failures: new Map(),
    lostWorkers: [],
  });
}

function countOf(metric: { readonly type: string; readonly count?: number } | undefined): number {
  return metric?.type === 'counter' ? (metric.count ?? 0) : 0;
}
