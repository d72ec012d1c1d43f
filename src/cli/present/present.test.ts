import { expect, test } from 'vitest';
import { idleAutoscaler } from '../../targets/idle-autoscaler.ts';
import type { Snapshot } from '../../targets/target.ts';
import type { StatusResult } from '../../workflows/status.ts';
import { plainStyle } from '../style.ts';
import { formatColumns } from './columns.ts';
import { liveBlock, type LoadMoment, plainLoadLine } from './live-load.ts';
import { formatCount, formatElapsed, formatLatency, formatMs } from './numbers.ts';
import { presentPriceAnswers, presentUnknownIds } from './price.ts';
import { presentStatus } from './status.ts';
import { stepLine } from './step.ts';
import { presentUp } from './up.ts';

test.each([
  [4, '4 ms'],
  [999.4, '999 ms'],
  [6_200, '6.2 s'],
  [90_000, '1m 30s'],
  [119_600, '2m 00s'],
])('%d ms is %s', (ms, text) => expect(formatMs(ms)).toBe(text));

test('numbers have units and thousands', () => {
  expect(formatCount(1_402_119.4)).toBe('1,402,119');
  expect(formatElapsed(58_400)).toBe('0:58');
  expect([0.712, 41.24, 250, 3_290].map(formatLatency)).toEqual(['0.71 ms', '41.24 ms', '250 ms', '3.29 s']);
});

test('steps line up', () => {
  const step = { title: 'prices', detail: '4 rows', ms: 4, warnings: [] };
  const lines = [stepLine({ ...step, outcome: 'done' }, plainStyle), stepLine({ ...step, outcome: 'unchanged', title: 'supervisor' }, plainStyle)];
  expect(lines[0]).toMatch(/^✔ prices {6}4 rows .* 4 ms$/);
  expect(lines[0]?.length).toBe(lines[1]?.length);
  expect(stepLine({ ...step, outcome: 'failed', detail: 'failed' }, plainStyle)).toMatch(/^✖ prices/);
});

test('columns are as wide as their widest cell', () => {
  expect(formatColumns(['A', 'B'], [['long', 'x'], ['s', '']], plainStyle)).toBe('  A     B\n  long  x\n  s');
});

const progress = { elapsedMs: 58_000, vus: 64, requests: 1, failed: 0, requestsPerSecond: 18_240, p50Ms: 1, p95Ms: 2.1, p99Ms: 3, droppedIterations: 0 };

const snapshot: Snapshot = {
  atMs: 0,
  state: 'ready',
  identity: { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' },
  url: 'http://127.0.0.1:8080',
  image: null,
  replicas: { min: 3, max: 10, desired: 7, ready: 7 },
  autoscaler: { ...idleAutoscaler('emulated', 50, 'CPU 131 % of request, target 50 %: wants 8'), cpuPercent: 131 },
  pods: [],
  prices: null,
  problem: null,
};

test('the live block tells load, replicas and the autoscaler in two lines that fit', () => {
  const moment: LoadMoment = { progress, totalMs: 90_000, snapshot, readyAtStart: 3 };
  const [load = '', replicas = '', ...rest] = liveBlock(moment, 80, plainStyle).split('\n');
  expect(load).toMatch(/0:58 of 1:30 {3}64 users {3}18,240 req\/s {3}p95 2.1 ms {3}0 failed$/);
  expect(replicas).toBe('  replicas 3 → 7');
  expect(rest).toEqual(['  emulated autoscaler: CPU 131 % of request, target 50 %: wants 8']);
  expect(liveBlock(moment, 120, plainStyle).split('\n')[1]).toMatch(/^ {2}replicas 3 → 7 {3}emulated autoscaler: CPU 131 %/);
  expect(load.length).toBeLessThanOrEqual(80);
  for (const columns of [20, 40, 60]) expect(liveBlock(moment, columns, plainStyle)).toContain('18,240 req/s');
});

test('a plain line has no bar, and no replicas for a foreign service', () => {
  const moment: LoadMoment = { progress: { ...progress, p95Ms: null, droppedIterations: 3 }, totalMs: null, snapshot: undefined, readyAtStart: undefined };
  expect(plainLoadLine(moment)).toBe('  0:58   64 users   18,240 req/s   0 failed   3 dropped');
});

test('one price is printed alone, several with their ids', () => {
  const [a, b] = [{ id: 'A', price: '1.50', found: true }, { id: 'B', price: null, found: false }];
  expect(presentPriceAnswers({ prices: [a] })).toBe('1.50');
  expect(presentPriceAnswers({ prices: [a, b, a] })).toBe('A,1.50\nA,1.50');
  const long = { id: '𝄞'.repeat(65), price: null, found: false };
  expect(presentUnknownIds({ prices: [a, b, long] })).toBe(`unknown id: B, ${'𝄞'.repeat(64)}…`);
  expect(presentUnknownIds({ prices: [a] })).toBe('');
  expect(presentPriceAnswers({ prices: [b] })).toBe('');
});

test('status shows replicas, autoscaler and what is wrong', () => {
  const { identity, ...rest } = snapshot;
  const pod = { name: 'price-api-a', ready: false, restarts: 2, cpuMillicores: 131.4, memoryBytes: 6e7, pricesSha256: null, problem: 'exits with 1' };
  const status: StatusResult = { ...identity, ...rest, state: 'degraded', pods: [pod], problem: 'one replica is missing' };
  const text = presentStatus(status, plainStyle);
  expect(text).toMatch(/price-api on local: degraded, http:\/\/127\.0\.0\.1:8080\n {2}one replica is missing\n/);
  expect(text).toMatch(/replicas {4}7 of 7 ready \(3 to 10\)/);
  expect(text).toContain('autoscaler  emulated, CPU 131 % of request, target 50 %\n');
  const unmeasured = { ...status, autoscaler: { ...status.autoscaler, cpuPercent: null } };
  expect(presentStatus(unmeasured, plainStyle)).toContain('autoscaler  emulated, CPU unknown, target 50 %\n');
  expect(text).toMatch(/price-api-a {2}not ready {2}131m {2}60\.0 MB {2}2 {9}- {7}exits with 1/);
});

test('up without a change says unchanged', () => {
  const result = {
    target: 'local',
    reason: '',
    context: null,
    namespace: 'pricectl',
    name: 'price-api',
    url: 'http://127.0.0.1:8080',
    image: null,
    replicas: { min: 3, max: 10, ready: 3 },
    prices: null,
    changes: [],
    steps: [{ title: 'prices', outcome: 'unchanged', ms: 1, detail: '', warnings: [] }],
    dryRun: false,
    ms: 12,
  } as const;
  expect(presentUp(result, plainStyle)).toMatch(/price-api unchanged at/);
  const changed = presentUp({ ...result, changes: [{ setting: 'max', from: '10', to: '4' }] }, plainStyle);
  expect(changed).toMatch(/^ {2}max: 10 -> 4\nprice-api ready at/);
  const dry = { ...result, dryRun: true };
  expect(presentUp(dry, plainStyle)).toBe('price-api would stay as it is');
  const planned = presentUp({ ...dry, changes: [{ setting: 'max', from: '10', to: '4' }] }, plainStyle);
  expect(planned).toBe('  max: 10 -> 4\nprice-api is as it was: this was a dry run');
  expect(presentUp({ ...dry, steps: [{ ...result.steps[0], outcome: 'skipped' }] }, plainStyle)).toMatch(/as it was/);
});
