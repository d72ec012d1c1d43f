import { createBehavior } from '../autoscale/behavior.ts';
import { distributionOf } from '../load/distribution.ts';
import { finishedTest } from '../load/summary.fixture.ts';
import { summarise } from '../load/summary.ts';
import type { ReportData } from './report-data.ts';

/** A run of ten seconds on three to five replicas, with parts replaced. */
export function reportData(changes: Partial<ReportData> = {}): ReportData {
  const finished = finishedTest();
  return {
    result: summarise(finished),
    service: { context: null, namespace: 'pricectl', name: 'price-api', autoscaler: 'emulated', image: null, prices: { rows: 4, sha256: 'e3262b' } },
    settings: { min: 3, max: 10, cpuTarget: 50, cpuRequestMillicores: 100, syncPeriodMs: 2_000, metricResolutionMs: 2_000, behavior: createBehavior() },
    ...seriesOf(10, 5),
    distribution: distributionOf(finished.result.metrics, 'http_req_duration'),
    pods: ['a', 'b', 'c'].map((name) => ({ name: `price-api-${name}`, firstMs: 0, lastMs: 10_000, readyMs: 0, requests: 5, restarts: 0 })),
    commands: [{ purpose: 'the load', line: 'pricectl loadtest --vus 4 --duration 10s' }],
    problems: [],
    ...changes,
  };
}

/** A run of which nothing is known but that it was begun. */
export function emptyReportData(): ReportData {
  const result = summarise(finishedTest({ metrics: new Map(), checks: [], runners: [], interrupted: true, ms: 0 }));
  return { result, service: null, settings: null, load: [], scaling: [], decisions: [], distribution: null, pods: [], commands: [], problems: ['series.json is damaged'] };
}

/** An hour at a point a second with all that a page could hold, and with one second that is worse than all others. */
export function hugeReportData(): ReportData {
  const small = reportData();
  const names = Array.from({ length: 1_000 }, (_, index) => `price-api-7d9f8c6b5d-${index}`);
  const result = {
    ...small.result,
    ms: 3_600_000,
    warnings: names,
    thresholds: names.map((name) => ({ metric: name, expression: 'p(95)<200', value: 1, ok: false })),
    checks: names.map((name) => ({ name, passes: 1, fails: 1 })),
    runners: names.map((name) => ({ name, exitCode: 0, payload: 'received' as const, requests: 1, reason: null })),
    metrics: Object.fromEntries(names.map((name) => [name, { type: 'trend' as const, contains: 'time' as const, values: { count: 1, avg: 1.123_456, med: 1.123_456, max: 5 } }])),
  };
  const pods = names.map((name) => ({ name, firstMs: 0, lastMs: 3_600_000, readyMs: 0, requests: 123_456, restarts: 0 }));
  return { ...small, result, ...seriesOf(3_600, 1_800), pods };
}

function seriesOf(seconds: number, worstSecond: number): Pick<ReportData, 'load' | 'scaling' | 'decisions'> {
  const each = Array.from({ length: seconds }, (_, index) => index + 1);
  return {
    load: each.map((second) => ({
      elapsedMs: second * 1_000 + (second % 7),
      vus: 100 + (second % 5),
      requests: second * 10_000,
      failed: second >= worstSecond ? 321 : 0,
      requestsPerSecond: 10_000 + 10 * noise(second),
      p50Ms: 1 + noise(second) / 1_000,
      p95Ms: 2 + noise(second) / 100,
      p99Ms: second === worstSecond ? 9_876 : 5 + noise(second) / 10,
      droppedIterations: 0,
    })),
    scaling: each.map((second) => ({
      ms: second * 1_000,
      desired: 3 + (second % 3),
      ready: 3 + (second % 3),
      min: 3,
      max: 10,
      cpuPercent: 40 + (noise(second) % 20),
      cpuTarget: 50,
      tolerance: { low: 45, high: 55 },
    })),
    decisions: each.slice(1).map((second) => ({ ms: second * 1_000, from: 3 + ((second - 1) % 3), to: 3 + (second % 3), explanation: 'CPU 131 % of request, target 50 %: wants 8; +4 per 15 s allows 7' })),
  };
}

/** 0 .. 100, without order. */
function noise(second: number): number {
  return (second * 7_919) % 101;
}
