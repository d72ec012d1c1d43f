import type { EngineResult, LoadRequest, Runner } from '../engine.ts';
import { Histogram } from '../histogram.ts';
import { mergeSinks } from '../merge-sinks.ts';
import { receiveSinks, SinkRecorder } from '../recorder.ts';
import type { SinkSet } from '../sinks.ts';
import type { WorkerOutcome } from './load-worker.ts';
import type { MergedSample } from './progress.ts';
import { checkName } from './request-recorder.ts';
import { describeLimits } from './warnings.ts';
import { ownScenario } from '../profile.ts';

/** What a load test left behind. */
export interface RunRecord {
  readonly request: LoadRequest;
  readonly startedAtMs: number;
  readonly ms: number;
  readonly interrupted: boolean;
  /** In order of time. */
  readonly samples: readonly MergedSample[];
  /** Of all workers; empty when the test was interrupted before it began. */
  readonly outcomes: readonly WorkerOutcome[];
}

/** The result of a load test, from all workers; one runner a worker. */
export function assembleResult(record: RunRecord): EngineResult {
  const { startedAtMs, ms, interrupted, samples, outcomes } = record;
  const metrics = mergeMetrics(record);
  const checks = metrics.get('checks');
  return {
    metrics,
    checks: checks?.type === 'rate' ? [{ name: checkName, passes: checks.passes, fails: checks.total - checks.passes }] : [],
    startedAtMs,
    ms,
    interrupted,
    runners: outcomes.map(toRunner),
    series: samples.map(({ progress }) => progress),
    warnings: warningsOf(record, metrics),
    percentiles: percentilesOf(metrics),
  };
}

/** Gauges are of all workers together, so they come from the merged samples; like k6, whole seconds only. */
function mergeMetrics({ samples, outcomes }: RunRecord): SinkSet<Histogram> {
  const gauges = new SinkRecorder();
  for (const { progress, allocatedVus, isLast } of samples) {
    if (isLast) continue;
    gauges.gauge('vus').set(progress.vus);
    gauges.gauge('vus_max').set(allocatedVus);
  }
  return outcomes.reduce(
    (merged, { result }) => (result === undefined ? merged : mergeSinks(merged, receiveSinks(result.metrics))),
    gauges.sinks(),
  );
}

function toRunner({ result, exitCode, requests }: WorkerOutcome, index: number): Runner {
  const name = runnerName(index);
  return result === undefined ? { name, exitCode: exitCode || 1, payload: 'lost', requests } : { name, exitCode, payload: 'received', requests };
}

function runnerName(index: number): string {
  return `worker-${index + 1}`;
}

function warningsOf({ request, samples, outcomes }: RunRecord, metrics: SinkSet): readonly string[] {
  const results = outcomes.flatMap(({ result }) => result ?? []);
  const wholeSeconds = samples.filter(({ isLast }) => !isLast);
  const dropped = metrics.get('dropped_iterations');
  const lateness = new Histogram();
  for (const result of results) lateness.merge(Histogram.fromTransfer(result.lateness));
  return describeLimits({
    scenario: ownScenario(request.profile),
    workers: outcomes.length,
    utilization: (wholeSeconds.length > 0 ? wholeSeconds : samples).map(({ utilization }) => utilization),
    lateness,
    dropped: dropped?.type === 'counter' ? dropped.count : 0,
    redirects: results.reduce((sum, { redirects }) => sum + redirects, 0),
    failures: addUp(results.flatMap(({ failures }) => [...failures])),
    lostWorkers: outcomes.flatMap(({ result, requests, problem, exitCode }, index) =>
      result === undefined ? [{ name: runnerName(index), requests, problem: problem ?? `exit code ${exitCode}` }] : [],
    ),
  });
}

function addUp(counts: readonly (readonly [reason: string, count: number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}

function percentilesOf(metrics: SinkSet<Histogram>): EngineResult['percentiles'] {
  const relativeError = Math.max(0, ...Array.from(metrics.values(), (sink) => (sink.type === 'trend' ? sink.samples.relativeError : 0)));
  return { method: relativeError === 0 ? 'exact' : 'histogram', relativeError };
}
