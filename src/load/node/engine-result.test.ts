import { expect, test } from 'vitest';
import type { LoadRequest } from '../engine.ts';
import { bucketRelativeError, exactSamples, Histogram } from '../histogram.ts';
import { SinkRecorder, transferSinks } from '../recorder.ts';
import { assembleResult, type RunRecord } from './engine-result.ts';
import type { WorkerOutcome } from './load-worker.ts';
import type { MergedSample } from './progress.ts';

const request: LoadRequest = {
  profile: { name: 'custom', scenario: { executor: 'constant-vus', vus: 2, durationMs: 2_000 }, thinkTimeMs: 0, thresholds: {}, gracefulStopMs: 0 },
  url: 'http://127.0.0.1:1',
  ids: ['P1'],
  resend: true,
  requestTimeoutMs: 1_000,
};

function sample(elapsedMs: number, vus: number, isLast: boolean, utilization = 0.5): MergedSample {
  const none = { requests: 1, failed: 0, requestsPerSecond: 1, p50Ms: 1, p95Ms: 1, p99Ms: 1, droppedIterations: 0 };
  return { progress: { elapsedMs, vus, ...none }, allocatedVus: 4, utilization, isLast };
}

/** A worker that made requests of which some passed the check, each with a duration of its number. */
function outcome(requests: number, passes: number): WorkerOutcome {
  const recorder = new SinkRecorder();
  recorder.counter('http_reqs').count = requests;
  Object.assign(recorder.rate('checks'), { passes, total: requests });
  for (let number = 1; number <= requests; number++) recorder.trend('http_req_duration').record(number);
  const result = { metrics: transferSinks(recorder.sinks()), lateness: new Histogram().toTransfer(), redirects: 1, failures: new Map([['timed out', 2]]) };
  return { exitCode: 0, result, problem: undefined, requests };
}

const assemble = (record: Partial<RunRecord>): ReturnType<typeof assembleResult> =>
  assembleResult({ request, startedAtMs: 7, ms: 2_600, interrupted: false, samples: [], outcomes: [], ...record });

test('gauges come from whole seconds, of all workers together', () => {
  const { metrics, series } = assemble({ samples: [sample(1_000, 2, false), sample(2_000, 3, false), sample(2_600, 0, true)] });
  expect(metrics.get('vus')).toMatchObject({ value: 3, min: 2, max: 3 });
  expect(metrics.get('vus_max')).toMatchObject({ value: 4, min: 4, max: 4 });
  expect(series.map(({ elapsedMs }) => elapsedMs)).toEqual([1_000, 2_000, 2_600]);
});

test('metrics, checks and warnings of all workers add up', () => {
  const result = assemble({ outcomes: [outcome(10, 9), outcome(30, 28)] });
  expect(result.metrics.get('http_reqs')).toMatchObject({ count: 40 });
  expect(result.metrics.get('http_req_duration')).toMatchObject({ samples: { count: 40, min: 1, max: 30 } });
  expect(result.checks).toEqual([{ name: 'status was 200', passes: 37, fails: 3 }]);
  expect(result.warnings).toEqual([expect.stringContaining('2 responses redirected'), 'requests without a response: 4 timed out']);
  expect(result.percentiles).toEqual({ method: 'exact', relativeError: 0 });
});

test('says when percentiles are no longer exact, and how far', () => {
  const { percentiles } = assemble({ outcomes: [outcome(exactSamples, 0), outcome(1, 1)] });
  expect(percentiles).toEqual({ method: 'histogram', relativeError: bucketRelativeError });
});

test('the generator is judged by whole seconds, by the rest only when there is no other', () => {
  const busy = expect.stringContaining('the generator, not the service, was the limit');
  expect(assemble({ samples: [sample(1_000, 2, false), sample(1_600, 0, true, 1)] }).warnings).toEqual([]);
  expect(assemble({ samples: [sample(600, 0, true, 1)] }).warnings).toEqual([busy]);
});

test('a worker without a result is lost and never has exit code 0', () => {
  const lost = { exitCode: 0, result: undefined, problem: 'bad luck', requests: 5 };
  const { runners, warnings } = assemble({ outcomes: [lost] });
  expect(runners).toEqual([{ name: 'worker-1', exitCode: 1, payload: 'lost', requests: 5 }]);
  expect(warnings).toEqual([expect.stringContaining('worker-1 died (bad luck)')]);
});
