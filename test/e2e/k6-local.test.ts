import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EngineResult, LoadEngine, LoadRequest } from '../../src/load/engine.ts';
import { createK6Engine } from '../../src/load/k6/engine.ts';
import type { K6EngineOptions } from '../../src/load/k6/k6-run.ts';
import { wrapUserScript } from '../../src/load/k6/script-own.ts';
import { createNodeEngine } from '../../src/load/node/engine.ts';
import { buildProfile, type ProfileOptions } from '../../src/load/profile-builder.ts';
import type { TrendSamples } from '../../src/load/sinks.ts';
import { systemClock } from '../../src/tools/clock.ts';
import { createHttpClient } from '../../src/tools/http.ts';
import { createProcesses } from '../../src/tools/process.ts';
import { findExecutable } from '../../src/tools/process-find.ts';

const k6 = await findExecutable('k6', process.env);
if (k6 === undefined) console.log('tests of the k6 engine are skipped: k6 is not on the PATH');

/** Answers after 20, 40, ... 200 ms in turn, so that percentiles are known. */
const delaysMs = Array.from({ length: 10 }, (_, index) => (index + 1) * 20);
/** What a busy machine may add. */
const noiseMs = 60;

const trends = ['http_req_duration', 'http_req_waiting', 'iteration_duration', 'http_req_duration{expected_response:true}'];

let served: string[] = [];
const server = createServer((request, response) => {
  const delayMs = delaysMs[served.length % delaysMs.length];
  served.push(new URL(request.url ?? '/', 'http://x').searchParams.get('product_id') ?? '');
  setTimeout(() => response.end('49.5'), delayMs);
});
let url: string;
let folder: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  folder = await mkdtemp(join(tmpdir(), 'pricectl-test-k6-'));
});

beforeEach(() => {
  served = [];
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const k6Engine = (options: Partial<K6EngineOptions> = {}) =>
  createK6Engine({ processes: createProcesses(), http: createHttpClient(), clock: systemClock, env: process.env, ...options });

function load(engine: LoadEngine, options: ProfileOptions, signal = new AbortController().signal): Promise<EngineResult> {
  const request: LoadRequest = { profile: buildProfile(options), url, ids: ['P1', 'é', 'P3'], resend: true, requestTimeoutMs: 60_000 };
  return engine.start(request, { signal, onProgress() {} }).result;
}

function countOf({ metrics }: EngineResult, name: string): number {
  const sink = metrics.get(name);
  return sink?.type === 'counter' ? sink.count : 0;
}

function samplesOf({ metrics }: EngineResult, name: string): TrendSamples {
  const sink = metrics.get(name);
  if (sink?.type !== 'trend') throw new Error(`${name} is no trend`);
  return sink.samples;
}

/** Makes a load of which each request is known before. */
async function loadWhole(engine: LoadEngine, profile: ProfileOptions, requests: number): Promise<EngineResult> {
  served = [];
  const result = await load(engine, profile);
  expect(served, engine.name).toHaveLength(requests);
  for (const name of ['http_reqs', 'iterations']) expect(countOf(result, name), `${name} of ${engine.name}`).toBe(requests);
  expect(countOf(result, 'dropped_iterations')).toBe(0);
  expect(result.checks).toEqual([{ name: 'status was 200', passes: requests, fails: 0 }]);
  for (const name of trends) expect(samplesOf(result, name).count, `${name} of ${engine.name}`).toBe(requests);
  return result;
}

function kinds({ metrics }: EngineResult): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(metrics, ([name, { type, contains }]) => [name, `${type} ${contains}`]));
}

/** Percentile of samples as k6 makes it. */
function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below = Number.NaN, above = below] = sorted.slice(Math.floor(rank), Math.floor(rank) + 2);
  return below + (above - below) * (rank % 1);
}

describe.skipIf(k6 === undefined)('the engine k6', () => {
  // A machine that pauses moves the counts only when it does so for longer than there is between the last start that is due and the end.
  test.each<[string, ProfileOptions, number]>([
    // Each user begins at 0 s, soon after 3 s and soon after 6 s; at 9 s the load is over.
    ['users that think', { vus: 10, durationMs: 8_000, thinkTimeMs: 3_000 }, 30],
    ['an arrival rate', { rate: '1/s', durationMs: 4_990 }, 5],
  ])('makes the same load of %s as the engine node, request for request', async (_, profile, requests) => {
    const byNode = await loadWhole(createNodeEngine(), profile, requests);
    const byK6 = await loadWhole(k6Engine(), profile, requests);
    expect(byK6.checks).toEqual(byNode.checks);
  });

  test('measures the same as the engine node', async () => {
    const profile = { rate: '10/s', durationMs: 3_050 };
    const differences: number[] = [];
    // What the machine adds comes and goes; what the engines measure differently stays.
    while (differences.length < 5 && !differences.some((difference) => difference < noiseMs)) {
      served = [];
      const byNode = await load(createNodeEngine(), profile);
      served = [];
      const byK6 = await load(k6Engine(), profile);
      // Of 31 samples the highest few are those of a single pause of the machine.
      const all = trends.flatMap((name) => [0.5, 0.75, 0.9].map((share) => Math.abs(samplesOf(byK6, name).quantile(share) - samplesOf(byNode, name).quantile(share))));
      differences.push(Math.max(...all));
    }
    expect(Math.min(...differences)).toBeLessThan(noiseMs);
  });

  test('names and kinds of metrics are those of the engine node', async () => {
    const profile = { vus: 1, durationMs: 1_000, thinkTimeMs: 0 };
    const byNode = await load(createNodeEngine(), profile);
    const byK6 = await load(k6Engine(), profile);
    expect(kinds(byK6)).toEqual(kinds(byNode));
    expect(Object.keys(byK6).toSorted()).toEqual(Object.keys(byNode).toSorted());
  });

  test('three processes are one load, and their percentiles those of all samples', async () => {
    const rawFolder = join(folder, 'raw');
    await mkdir(rawFolder);
    const result = await load(k6Engine({ parallelism: 3, folder: rawFolder, raw: true }), { vus: 6, durationMs: 2_000, thinkTimeMs: 50 });
    expect(result.runners.map(({ name, payload }) => [name, payload])).toEqual([['k6-1', 'received'], ['k6-2', 'received'], ['k6-3', 'received']]);
    expect(result.runners.reduce((sum, { requests }) => sum + requests, 0)).toBe(served.length);
    expect(countOf(result, 'http_reqs')).toBe(served.length);
    expect(new Set(served)).toEqual(new Set(['P1', 'é', 'P3']));
    expect(result.percentiles.method).toBe('exact');
    const texts = await Promise.all([1, 2, 3].map((number) => readFile(join(rawFolder, `k6-${number}.samples.json`), 'utf8')));
    const samples = texts.flatMap((text) => text.trim().split('\n')).flatMap((line) => {
      const { type, metric, data }: { type: string; metric: string; data: { value: number } } = JSON.parse(line);
      return type === 'Point' && metric === 'http_req_duration' ? [data.value] : [];
    });
    expect(samples).toHaveLength(served.length);
    for (const share of [0.5, 0.9, 0.95, 0.99]) expect(samplesOf(result, 'http_req_duration').quantile(share)).toBeCloseTo(percentile(samples, share), 6);
  });

  test('a script of the user keeps its setup, its thresholds and its summary', async () => {
    const text = `import http from 'k6/http';
      import { check } from 'k6';
      import { Trend } from 'k6/metrics';
      import { ids } from './lib/ids.js';
      const took = new Trend('took', true);
      export const options = {
        summaryTrendStats: ['avg', 'p(99)'],
        scenarios: { buy: { executor: 'per-vu-iterations', vus: 2, iterations: 3, exec: 'buy' } },
        thresholds: { took: [{ threshold: 'p(95)<1', abortOnFail: true }], 'http_reqs{kind:buy}': ['count==6'] },
      };
      export function setup() { console.log('set up'); return { ids }; }
      export function buy(data) {
        const response = http.get(__ENV.PRICECTL_URL + '/price?product_id=' + data.ids[0], { tags: { kind: 'buy' } });
        took.add(response.timings.duration);
        check(response, { 'is 200 \u00fc': ({ status }) => status === 200 });
      }
      export function handleSummary(data) { return { stdout: 'own: ' + Object.keys(data.metrics.took.values) }; }`;
    await mkdir(join(folder, 'lib'), { recursive: true });
    await writeFile(join(folder, 'load.js'), text);
    await writeFile(join(folder, 'lib/ids.js'), "export const ids = open('./ids.csv').trim().split(',');");
    await writeFile(join(folder, 'lib/ids.csv'), 'A,B\n');
    const own: string[] = [];
    const script = await wrapUserScript(join(folder, 'load.js'), { env: { PRICECTL_URL: url } });
    const result = await load(k6Engine({ script, folder, onOwnLine: (line) => own.push(line) }), {});
    expect(served).toEqual(Array.from({ length: 6 }, () => 'A'));
    expect(own).toEqual(['own: avg,p(99)']);
    expect(await readFile(join(folder, 'k6-1.console.log'), 'utf8')).toContain('set up');
    expect(result.thresholds).toEqual({ took: ['p(95)<1'], 'http_reqs{kind:buy}': ['count==6'] });
    expect(result.checks).toEqual([{ name: 'is 200 ü', passes: 6, fails: 0 }]);
    expect(countOf(result, 'http_reqs{kind:buy}')).toBe(6);
    expect(samplesOf(result, 'took').count).toBe(6);
    expect(result.runners).toMatchObject([{ exitCode: 0, payload: 'received' }]);
  });

  test.each([
    ['has a syntax error', 'export default function () { const = 1; }', /^k6 can't run the script: the script failed: /],
    ['throws', "throw new Error('no way');", /^k6 can't run the script: the script failed: Error: no way \(broken\.js:1:\d+/],
    ['has unknown options', "export const options = { scenarios: { a: { executor: 'nope' } } };", /^k6 can't run the script: the options of the script are invalid: /],
  ])('a script that %s is told in words', async (_, text, words) => {
    await writeFile(join(folder, 'broken.js'), `${text}\nexport default function () {}`.replace(/^(export default.*)\nexport default.*$/, '$1'));
    const script = await wrapUserScript(join(folder, 'broken.js'));
    await expect(load(k6Engine({ script }), {})).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_SCRIPT', message: expect.stringMatching(words) }));
  });

  test('an abort ends all processes, and what they measured counts', async () => {
    const abort = new AbortController();
    const running = load(k6Engine({ parallelism: 2 }), { vus: 2, durationMs: 60_000, thinkTimeMs: 0 }, abort.signal);
    await expect.poll(() => served.length, { timeout: 30_000 }).toBeGreaterThan(10);
    abort.abort(new Error('enough'));
    const result = await running;
    expect(result).toMatchObject({ interrupted: true, runners: [{ payload: 'received', exitCode: 103 }, { payload: 'received', exitCode: 103 }] });
    // Those under way are not counted, as in k6.
    expect(countOf(result, 'http_reqs')).toBeGreaterThanOrEqual(served.length - 2);
    expect(countOf(result, 'http_reqs')).toBeLessThanOrEqual(served.length);
  });
});
