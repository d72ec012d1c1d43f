import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { quantileGrid } from '../merge-grid.ts';
import { createPayloadCollector } from '../merge-lines.ts';
import { wrapUserScript } from './script-own.ts';
import { createFolder } from './scripts.fixture.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What the wrapper of a script exports. */
interface Wrapper {
  readonly options: { readonly summaryTrendStats: readonly string[]; readonly thresholds: object; readonly vus?: number };
  handleSummary(data: unknown): Record<string, string>;
  readonly [name: string]: unknown;
}

/** The script, wrapped, as k6 would load it. */
async function load(text: string, thresholds = {}): Promise<Wrapper> {
  await using source = await createFolder({ 'load.js': text });
  const { files } = await wrapUserScript(join(source.path, 'load.js'), { thresholds });
  await using folder = await createFolder({ ...Object.fromEntries(files), 'package.json': '{"type":"module"}' });
  vi.stubGlobal('open', (path: string) => files.get(path.replace('./', '')));
  const wrapper: Wrapper = await import(/* @vite-ignore */ pathToFileURL(join(folder.path, 'main.js')).href);
  return wrapper;
}

/** The data of a test whose trends have the values of the given statistics. */
function summaryData(stats: readonly string[]) {
  const trend = (count: number) => ({
    type: 'trend',
    contains: 'time',
    values: Object.fromEntries(stats.map((stat) => [stat, stat === 'count' ? count : stat.startsWith('p(') ? Number(stat.slice(2, -1)) : 1])),
  });
  return {
    state: { testRunDurationMs: 1_234.5, isStdOutTTY: false },
    options: { summaryTrendStats: stats, summaryTimeUnit: '', noColor: false },
    root_group: {
      name: '',
      path: '',
      checks: [{ name: 'is 200 ü', path: '::is 200 ü', id: 'x', passes: 3, fails: 1 }],
      groups: [{ name: 'basket', path: '::basket', checks: [{ name: 'a', path: '::basket::a', id: 'y', passes: 1, fails: 0 }], groups: [] }],
    },
    metrics: {
      http_reqs: { type: 'counter', contains: 'default', values: { count: 4, rate: 2 } },
      idle: { type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
      vus: { type: 'gauge', contains: 'default', values: { value: 1, min: 0, max: 2 } },
      checks: { type: 'rate', contains: 'default', values: { rate: 0.8, passes: 4, fails: 1 } },
      http_req_duration: trend(4),
      'http_req_duration{kind:x}': trend(0),
    },
  };
}

/** What the wrapper sends for a test: its payload, and the rest of its stdout. */
function send(wrapper: Wrapper) {
  const returned = wrapper.handleSummary(summaryData(wrapper.options.summaryTrendStats));
  const collector = createPayloadCollector();
  const rest = (returned['stdout'] ?? '').split('\n').filter((line) => !collector.add(line));
  return { payload: collector.result(), rest: rest.join('\n'), returned };
}

test('what was measured is sent in lines that the collector takes', async () => {
  const { payload, rest, returned } = send(await load('export default function () {}'));
  expect(payload).toEqual({
    v: 1,
    endedAtMs: expect.any(Number),
    durationMs: 1_234.5,
    metrics: {
      http_reqs: { type: 'counter', contains: 'default', count: 4 },
      vus: { type: 'gauge', contains: 'default', value: 1, min: 0, max: 2 },
      checks: { type: 'rate', contains: 'default', passes: 4, fails: 1 },
      http_req_duration: { type: 'trend', contains: 'time', count: 4, min: 1, max: 1, avg: 1, grid: quantileGrid },
    },
    checks: [
      { name: 'is 200 ü', path: '::is 200 ü', passes: 3, fails: 1 },
      { name: 'a', path: '::basket::a', passes: 1, fails: 0 },
    ],
    thresholds: {},
  });
  expect(rest).toBe('');
  const lines = (returned['stdout'] ?? '').split('\n');
  expect(lines.length).toBeGreaterThan(2);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(8_000);
});

test('options, exports and thresholds of the script stay', async () => {
  const text = `export const options = { vus: 3, summaryTrendStats: ['avg', 'p(99)'], thresholds: { checks: ['rate>0.9', { threshold: 'rate>0.5', abortOnFail: true }] } };
    export function setup() { return 1; } export function teardown() {} export const flow = () => 7; export default function () { return 5; }`;
  const wrapper = await load(text, { checks: ['rate==1'], 'http_reqs{status:200}': ['count>1'] });
  expect(Object.keys(wrapper).toSorted()).toEqual(['default', 'flow', 'handleSummary', 'options', 'setup', 'teardown']);
  expect(wrapper.options.vus).toBe(3);
  expect(wrapper.options.summaryTrendStats).toEqual([...new Set(['avg', 'p(99)', 'count', 'min', 'max', ...quantileGrid.map((point) => `p(${point})`)])]);
  expect(wrapper.options.thresholds).toEqual({
    checks: ['rate>0.9', { threshold: 'rate>0.5', abortOnFail: true }, 'rate==1'],
    'http_reqs{status:200}': ['count>1'],
  });
  expect(send(wrapper).payload).toMatchObject({ thresholds: { checks: ['rate>0.9', 'rate>0.5', 'rate==1'], 'http_reqs{status:200}': ['count>1'] } });
});

test("the script's own summary gets what k6 would give it, and what it returns is added", async () => {
  const text = `export const options = { summaryTrendStats: ['avg', 'p(99)'] }; export default function () {}
    export function handleSummary(data) { return { stdout: JSON.stringify([data.options.summaryTrendStats, data.metrics.http_req_duration.values]), 'sum.txt': 'x' }; }`;
  const { payload, rest, returned } = send(await load(text));
  expect(payload).toMatchObject({ v: 1 });
  expect(JSON.parse(rest)).toEqual([['avg', 'p(99)'], { avg: 1, 'p(99)': 99 }]);
  expect(returned['sum.txt']).toBe('x');
});

test('a summary of the script may give bytes', async () => {
  const text = "export default function () {}\nexport function handleSummary() { return { stdout: new TextEncoder().encode('güt').buffer }; }";
  expect(send(await load(text)).rest).toBe('güt');
});

test('a summary of the script that fails harms nobody', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { payload, rest } = send(await load("export default function () {}\nexport function handleSummary() { throw new Error('no'); }"));
  expect(payload).toMatchObject({ v: 1 });
  expect(rest).toBe('');
  expect(error).toHaveBeenCalledWith('handleSummary of the script failed: Error: no');
});
