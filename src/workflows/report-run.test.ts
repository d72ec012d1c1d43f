import { expect, test } from 'vitest';
import { createBehavior } from '../autoscale/behavior.ts';
import { finishedTest } from '../load/summary.fixture.ts';
import { type LoadTestResult, summarise } from '../load/summary.ts';
import { toHtmlPage } from '../report/html-page.ts';
import { toMarkdown } from '../report/markdown.ts';
import type { RunRecord } from './recorded-runs.ts';
import { toReportData } from './report-run.ts';
import { sampleAt } from './report-run.fixture.ts';
import type { RunData } from './run-data.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

const result = summarise(finishedTest());
const record: RunRecord = {
  format: 1,
  result,
  service: { target: 'kube', context: 'kind-a', namespace: 'pricectl', name: 'price-api' },
  settings: {
    prices: "/p's.txt", min: 3, max: 10, cpuTarget: 50, cpuRequestMillicores: 100, port: 8_080, syncPeriodMs: 15_000, metricResolutionMs: 15_000, behavior: createBehavior(), cluster: null,
  },
  command: ['loadtest', '--threshold', 'http_req_duration:p(95)<20'],
};
const run: RunData = { record, series: [], timeline: [], samples: [], distribution: null, problems: [] };

test('snapshots become replicas, CPU with its tolerance, and decisions', () => {
  const samples = [sampleAt(0), sampleAt(1_000, { replicas: { min: 3, max: 10, desired: 7, ready: 3 } })];
  const { scaling, decisions, service } = toReportData({ ...run, samples });
  expect(scaling[1]).toMatchObject({ ms: 1_000, min: 3, max: 10, desired: 7, ready: 3, cpuPercent: 40, cpuTarget: 50, tolerance: { low: 40 } });
  expect(scaling[1]?.tolerance?.high).toBeCloseTo(55);
  expect(decisions).toEqual([{ ms: 1_000, from: 3, to: 7, explanation: 'keeps 3' }]);
  expect(service).toEqual({ context: 'kind-a', namespace: 'pricectl', name: 'price-api', autoscaler: 'emulated', image: null, prices: { rows: 4, sha256: 'e3262b' } });
});

test('a snapshot of before tolerances were recorded has none', () => {
  const { tolerance: _, ...autoscaler } = sampleAt(0).snapshot.autoscaler;
  const old: SnapshotSample = JSON.parse(JSON.stringify({ ms: 0, snapshot: { ...sampleAt(0).snapshot, autoscaler } }));
  expect(toReportData({ ...run, samples: [old] }).scaling).toMatchObject([{ cpuPercent: 40, tolerance: null }]);
});

test('without snapshots the timeline tells what it can', () => {
  const timeline = [{ ms: 500, desired: 4, ready: 3, cpuPercent: null, requestsPerSecond: null }];
  expect(toReportData({ ...run, timeline }).scaling).toEqual([{ ms: 500, desired: 4, ready: 3, min: 3, max: 10, cpuPercent: null, cpuTarget: 50, tolerance: null }]);
});

test('the commands to repeat it are those of the run, as a shell reads them', () => {
  expect(toReportData(run).commands.map(({ line }) => line)).toEqual([
    String.raw`pricectl up --target kube --context kind-a --namespace pricectl --name price-api --prices '/p'\''s.txt' --min 3 --max 10 --cpu-target 50 --cpu-request 100m --scale-down-window 300s`,
    `pricectl loadtest --threshold 'http_req_duration:p(95)<20'`,
    'pricectl report 2026-11-24-120301-loadtest',
  ]);
  expect(toReportData({ ...run, record: { ...record, command: null } }).commands).toHaveLength(1);
  expect(toReportData({ ...run, record: { ...record, command: ['lab'] } }).commands.map(({ line }) => line)).toEqual(['pricectl lab', 'pricectl report 2026-11-24-120301-loadtest']);
});

test('a record of before secrets were left out is told without them', () => {
  const settings = record.settings && { ...record.settings, prices: 'https://user:pa@ss@prices.example.test/list?token=abc' };
  const command = ['loadtest', '--operator-bundle', 'https://user:pass@example.test/b.yaml#key'];
  expect(JSON.stringify(toReportData({ ...run, record: { ...record, settings, command } }).commands)).toMatch(/^(?!.*(ss@|token|abc|key)).*https:\/\/\*\*\*@prices\.example\.test\/list\?\*\*\*.*https:\/\/\*\*\*@example\.test\/b\.yaml/);
});

test('a service of another has no service', () => {
  expect(toReportData({ ...run, record: { ...record, service: null, settings: null } })).toMatchObject({ service: null, settings: null, pods: [], scaling: [] });
});

test('what a record lacks is said, and the page is made of the rest', () => {
  const { id, startedAt, profile, engine, verdict, ms, metrics } = result;
  // What readRun lets pass.
  const bare: LoadTestResult = JSON.parse(JSON.stringify({ id, startedAt, profile, engine, verdict, ms, metrics }));
  const data = toReportData({ ...run, record: { ...record, result: bare }, problems: ['series.json is damaged'] });
  expect(data.problems).toEqual(['series.json is damaged', ...['description', 'url', 'reasons', 'thresholds', 'checks', 'runners', 'warnings', 'percentiles', 'measuredOn'].map((part) => `run.json has no ${part}`)]);
  expect(toHtmlPage(data, { style: '', script: '' })).toContain('run.json has no thresholds');
  expect(toMarkdown(data)).toContain('run.json has no thresholds');
});
