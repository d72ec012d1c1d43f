import type { ComparedRunWithSettings } from './compare.ts';
import type { LoadProgress } from './engine.ts';
import type { LoadTestResult } from './summary.ts';

/** A run of `seconds` with the values that `at` gives. */
export interface SyntheticRun {
  readonly seconds: number;
  readonly at: (second: number) => { readonly rate: number; readonly p50Ms: number | null; readonly failed?: number };
  readonly result?: Partial<LoadTestResult>;
  readonly settings?: ComparedRunWithSettings['settings'];
}

/** A recorded run as `compareRuns` takes it; upper percentiles are twice and four times the lower. */
export function syntheticRun({ seconds, at, result, settings = null }: SyntheticRun): ComparedRunWithSettings {
  let requests = 0;
  let failed = 0;
  const series = Array.from({ length: seconds }, (_, index): LoadProgress => {
    const { rate, p50Ms, failed: more = 0 } = at(index + 1);
    requests += Math.round(rate);
    failed += more;
    const times = (factor: number) => (p50Ms === null ? null : p50Ms * factor);
    return { elapsedMs: (index + 1) * 1_000, vus: 1, requests, failed, requestsPerSecond: rate, p50Ms, p95Ms: times(2), p99Ms: times(4), droppedIterations: 0 };
  });
  const rate = { type: 'rate', contains: 'default', values: { rate: failed / requests, passes: failed, fails: requests - failed } } as const;
  const count = { type: 'counter', contains: 'default', values: { count: requests, rate: requests / seconds } } as const;
  return { series, settings, replicas: null, result: { ...baseResult, ms: seconds * 1_000, metrics: { http_reqs: count, http_req_failed: rate }, ...result } };
}

const baseResult: LoadTestResult = {
  id: '2026-11-25-120000-loadtest',
  engine: 'node',
  target: 'local',
  url: 'http://127.0.0.1:8080',
  profile: 'custom',
  description: '800 requests/s for 1 m',
  verdict: 'passed',
  reasons: [],
  thresholds: [],
  checks: [],
  metrics: {},
  runners: [],
  startedAt: '2026-11-25T12:00:00.000Z',
  ms: 60_000,
  folder: '/runs/2026-11-25-120000-loadtest',
  interrupted: false,
  percentiles: { method: 'histogram', relativeError: 0.0005 },
  warnings: [],
  measuredOn: { pricectl: '0.1.0', node: '26.10.0', platform: 'linux x64', cpu: 'some', cores: 2, memoryBytes: 8e9, engine: 'node', target: 'local', sharedMachine: true },
};
