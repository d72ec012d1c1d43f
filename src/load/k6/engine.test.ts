import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../tools/clock.ts';
import { createHttpClient } from '../../tools/http.ts';
import { createProcesses } from '../../tools/process.ts';
import type { LoadProgress, LoadRequest } from '../engine.ts';
import type { RunnerPayload } from '../merge-payload.ts';
import { createK6Engine } from './engine.ts';
import type { FakeCall, FakePlan, FakeRun } from './fake-k6.fixture.ts';
import type { K6EngineOptions } from './k6-run.ts';
import { wrapUserScript } from './script-own.ts';
import { createFolder, loadRequest } from './scripts.fixture.ts';

const version = 'k6 v2.2.0 (commit/1234567, go1.26, linux/amd64)';

/** Waits pass twenty times as fast. */
const quickClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.ceil(ms / 20), signal) };

function payload(requests: number, changes: Partial<RunnerPayload> = {}): RunnerPayload {
  return {
    v: 1,
    endedAtMs: 10_000,
    durationMs: 2_000,
    metrics: {
      http_reqs: { type: 'counter', contains: 'default', count: requests },
      http_req_failed: { type: 'rate', contains: 'default', passes: 1, fails: requests - 1 },
    },
    checks: [{ path: '::status was 200', name: 'status was 200', passes: requests, fails: 0 }],
    thresholds: { checks: ['rate==1'] },
    ...changes,
  };
}

/** A k6 that plays a plan, and a service that answers. */
async function prepare(runs: readonly FakeRun[], changes: Partial<FakePlan> = {}) {
  const folder = await createFolder({ 'plan.json': JSON.stringify({ version, runs, ...changes } satisfies FakePlan) });
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const binary = join(folder.path, 'k6');
  const fake = fileURLToPath(new URL('fake-k6.fixture.ts', import.meta.url));
  await writeFile(binary, `#!/bin/sh\nexec '${process.execPath}' '${fake}' '${join(folder.path, 'plan.json')}' "$@"\n`);
  await chmod(binary, 0o755);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const calls = async (): Promise<readonly FakeCall[]> => {
    const text = await readFile(join(folder.path, 'calls.ndjson'), 'utf8').catch(() => '');
    const list: FakeCall[] = JSON.parse(`[${text.trim().replaceAll('\n', ',')}]`);
    return list;
  };
  return { binary, folder: folder.path, url: `http://127.0.0.1:${port}`, calls };
}

interface Started {
  readonly binary: string;
  readonly url: string;
}

/** Starts a load test of 6 virtual users. */
function start({ binary, url }: Started, options: Partial<K6EngineOptions> = {}, request: Partial<LoadRequest> = {}) {
  const abort = new AbortController();
  const progress: LoadProgress[] = [];
  const engine = createK6Engine({ processes: createProcesses(), http: createHttpClient(), clock: quickClock, env: { ...process.env, K6_VUS: '99', NPM_TOKEN: 'secret' }, binary, ...options });
  const run = engine.start(loadRequest({ vus: 6, durationMs: 2_000 }, { url, ...request }), { signal: abort.signal, onProgress: (told) => progress.push(told) });
  return { result: run.result, extend: (...given: Parameters<typeof run.extend>) => run.extend(...given), abort, progress, engine };
}

/** Resolves when an event was logged by so many. */
async function logged(calls: () => Promise<readonly FakeCall[]>, event: FakeCall['event'], count = 1): Promise<void> {
  await expect.poll(async () => (await calls()).filter((call) => call.event === event).length, { timeout: 10_000 }).toBe(count);
}

async function expectAllGone(calls: readonly FakeCall[]): Promise<void> {
  await expect.poll(() => calls.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('one process: what it measured, and nothing else, is the result', async () => {
  const fake = await prepare([{ runMs: 50, payload: payload(40) }]);
  const { result, engine } = start(fake);
  expect(engine.name).toBe('k6');
  expect(await result).toMatchObject({
    checks: [{ name: 'status was 200', passes: 40, fails: 0 }],
    ms: 2_000,
    interrupted: false,
    runners: [{ name: 'k6-1', exitCode: 0, payload: 'received', requests: 40, reason: null }],
    warnings: [],
  });
  expect((await result).thresholds).toBeUndefined();
  expect((await result).metrics.get('http_reqs')).toEqual({ type: 'counter', contains: 'default', count: 40 });
});

test('k6 is told what to do by the script, in an environment of its own, and the script is gone afterwards', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(1) }]);
  await start(fake).result;
  const calls = await fake.calls();
  expect(calls.map(({ event, args }) => [event, args[0]])).toEqual([
    ['called', 'version'],
    ['called', 'run'],
    ['ready', 'run'],
    ['began', 'run'],
  ]);
  const call = calls[1];
  expect(call?.args).toEqual(['run', '--quiet', '--no-thresholds', '--paused', '--address', expect.stringMatching(/^127\.0\.0\.1:\d+$/), expect.stringMatching(/\/main\.js$/)]);
  expect(call?.env).toMatchObject({ K6_NO_USAGE_REPORT: 'true', K6_NO_COLOR: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' });
  expect(Object.keys(call?.env ?? {})).not.toContain('K6_VUS');
  expect(Object.keys(call?.env ?? {})).not.toContain('NPM_TOKEN');
  await expect(stat(dirname(call?.script ?? '/'))).rejects.toThrow('ENOENT');
});

test('several processes are ready before any begins, and each has its segment', async () => {
  const fake = await prepare([{ runMs: 50, payload: payload(30) }, { runMs: 50, payload: payload(20) }, { runMs: 50, payload: payload(10) }]);
  const result = await start(fake, { parallelism: 3 }).result;
  expect(result.runners.map(({ name, requests }) => [name, requests])).toEqual([['k6-1', 30], ['k6-2', 20], ['k6-3', 10]]);
  expect(result.metrics.get('http_reqs')).toMatchObject({ count: 60 });
  expect(result.warnings).toEqual([]);
  const calls = await fake.calls();
  expect(calls.map(({ event }) => event).filter((event) => event === 'ready' || event === 'began')).toEqual(['ready', 'ready', 'ready', 'began', 'began', 'began']);
  const segments = calls.filter(({ event, args }) => event === 'called' && args[0] === 'run').map(({ args }) => args.slice(args.indexOf('--execution-segment'), -1));
  expect(segments).toHaveLength(3);
  expect(segments).toEqual(expect.arrayContaining(['0:1/3', '1/3:2/3', '2/3:1'].map((segment) => ['--execution-segment', segment, '--execution-segment-sequence', '0,1/3,2/3,1'])));
});

test('there are never more processes than virtual users, and unequal shares are told', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(1) }]);
  const request = loadRequest({ vus: 2, durationMs: 2_000 }, { url: fake.url });
  const result = await start(fake, { parallelism: 5 }, request).result;
  expect(result.runners).toHaveLength(2);
  expect(result.warnings).toEqual(['2 of 5 runners: more than there are virtual users would have nothing to do']);
  const uneven = await start(await prepare([{ runMs: 0, payload: payload(1) }]), { parallelism: 4 }).result;
  expect(uneven.warnings).toEqual(["6 VUs can't be divided by 4 runners: they get 2, 2, 1, 1 VUs"]);
});

test('progress adds up what the processes tell, without percentiles', async () => {
  const live = { vus: 3, requests: 100, failedRate: 0.02, dropped: 1 };
  const fake = await prepare([{ live, payload: payload(150) }]);
  const { result, progress, abort } = start(fake, { parallelism: 2 });
  await expect.poll(() => progress.at(-1)?.requests, { timeout: 10_000 }).toBe(200);
  expect(progress.at(-1)).toMatchObject({ vus: 6, failed: 4, droppedIterations: 2, p50Ms: null, p95Ms: null, p99Ms: null });
  abort.abort(new Error('enough'));
  expect((await result).series.length).toBeGreaterThanOrEqual(progress.length);
  expect((await result).series.at(-1)).toMatchObject({ requests: 300, failed: 2 });
});

test('what a process told last counts as long as it does not answer', async () => {
  const live = { vus: 3, requests: 100, failedRate: 0, dropped: 0 };
  const fake = await prepare([{ live, silentAfter: 1, payload: payload(150) }]);
  const { result, progress, abort } = start(fake);
  await expect.poll(() => progress.length, { timeout: 10_000 }).toBeGreaterThan(3);
  abort.abort(new Error('enough'));
  await result;
  expect(progress.slice(0, 4).map(({ vus, requests }) => [vus, requests])).toEqual(Array.from({ length: 4 }, () => [3, 100]));
});

test('an abort stops all, and what they measured until then counts', async () => {
  const fake = await prepare([{ payload: payload(5) }]);
  const { result, abort } = start(fake, { parallelism: 2 });
  await logged(fake.calls, 'began', 2);
  abort.abort(new Error('enough'));
  expect(await result).toMatchObject({ interrupted: true, runners: [{ exitCode: 103, payload: 'received' }, { exitCode: 103, payload: 'received' }], warnings: [] });
  expect((await fake.calls()).filter(({ event }) => event === 'stopped')).toHaveLength(2);
  await expectAllGone(await fake.calls());
});

test('a process that does not stop is ended by a signal', async () => {
  const fake = await prepare([{ ignoresStop: true, payload: payload(5) }]);
  const { result, abort } = start(fake);
  await logged(fake.calls, 'began');
  abort.abort(new Error('enough'));
  expect((await result).warnings).toEqual(["k6 didn't stop within 15 s; k6-1 had to be ended"]);
  expect((await result).runners).toMatchObject([{ payload: 'received' }]);
  await logged(fake.calls, 'signal');
  await expectAllGone(await fake.calls());
});

test('a load that goes on for too long is stopped', async () => {
  const fake = await prepare([{ payload: payload(5) }]);
  const result = await start(fake, {}, { profile: { ...loadRequest({ vus: 1, durationMs: 1_000 }).profile, gracefulStopMs: 0 } }).result;
  expect(result).toMatchObject({ interrupted: false, warnings: ['k6 went on for 61 s, a minute longer than the load, and was stopped'], runners: [{ exitCode: 103, reason: 'it was stopped' }] });
});

test('an abort before the load began leaves nothing', async () => {
  const fake = await prepare([{ payload: payload(5) }]);
  const { result, abort } = start(fake);
  abort.abort(new Error('enough'));
  expect(await result).toMatchObject({ interrupted: true, runners: [], ms: 0 });
  await expectAllGone(await fake.calls());
});

test('a process that dies is a lost runner, with what it told until then', async () => {
  const live = { vus: 3, requests: 70, failedRate: 0, dropped: 0 };
  const fake = await prepare([{ live, payload: payload(90) }, { live }]);
  const { result, progress, abort } = start(fake, { parallelism: 2 }, { profile: { ...loadRequest({ vus: 2, durationMs: 2_000 }).profile, gracefulStopMs: 3_600_000 } });
  await expect.poll(() => progress.at(-1), { timeout: 10_000 }).toMatchObject({ requests: 140, vus: 6 });
  const victim = (await fake.calls()).find(({ event, args }) => event === 'ready' && args.includes('1/2:1'));
  if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
  await expect.poll(() => progress.at(-1), { timeout: 10_000 }).toMatchObject({ requests: 140, vus: 3 });
  abort.abort(new Error('enough'));
  expect((await result).runners).toEqual([
    { name: 'k6-1', exitCode: 103, payload: 'received', requests: 90, reason: 'it was stopped' },
    { name: 'k6-2', exitCode: 137, payload: 'lost', requests: 70, reason: 'ended by SIGKILL' },
  ]);
});

test('a payload that came damaged is lost', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(3), isDamaged: true }]);
  expect((await start(fake).result).runners).toMatchObject([{ exitCode: 1, payload: 'lost', reason: expect.stringContaining('checksum') }]);
});

test('a script that fails in setup is a runner with its words', async () => {
  const stderr = 'time="x" level=error msg="Error: no\\n\\tat setup (file:///x/load.js:1:2(0))\\n" hint="script exception"\n';
  const fake = await prepare([{ runMs: 0, payload: payload(1), exitCode: 107, stderr }]);
  expect((await start(fake).result).runners).toMatchObject([{ exitCode: 107, payload: 'received', reason: expect.stringMatching(/^the script failed: Error: no \(.*load\.js:1:2\)$/) }]);
});

test.each([
  [107, 'PRICECTL_E_SCRIPT'],
  [104, 'PRICECTL_E_SCRIPT'],
  [255, 'PRICECTL_E_SCRIPT'],
  [109, 'PRICECTL_E_K6'],
])('an end with %i before the load is an error, and the others end', async (exitCode, code) => {
  const fake = await prepare([{ payload: payload(1) }, { failsAtStart: { exitCode, stderr: 'level=error msg="no way"\n' } }]);
  await expect(start(fake, { parallelism: 2 }).result).rejects.toThrow(expect.objectContaining({ code, message: expect.stringContaining('no way') }));
  await expectAllGone(await fake.calls());
});

test('a port that somebody takes meanwhile is replaced', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(3), failsAtStart: { exitCode: 106, stderr: '', once: true } }]);
  expect((await start(fake).result).runners).toMatchObject([{ exitCode: 0, payload: 'received' }]);
  expect((await fake.calls()).filter(({ event, args }) => event === 'called' && args[0] === 'run')).toHaveLength(2);
});

test('ports are not tried for ever', async () => {
  const fake = await prepare([{ failsAtStart: { exitCode: 106, stderr: '' } }]);
  await expect(start(fake).result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_K6' }));
});

test('a process that does not take the command to begin is an error', async () => {
  const fake = await prepare([{ ignoresCommands: true, payload: payload(1) }]);
  await expect(start(fake).result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_K6' }));
  await expectAllGone(await fake.calls());
});

test.each([
  ['k6 v1.8.1 (go1.26, linux/amd64)', 'PRICECTL_E_K6_VERSION'],
  ['something else', 'PRICECTL_E_K6_VERSION'],
])('%s is no k6 that can be used', async (text, code) => {
  const fake = await prepare([], { version: text });
  await expect(start(fake).result).rejects.toThrow(expect.objectContaining({ code, kind: 'environment', hints: expect.arrayContaining([expect.stringContaining('--k6-binary')]) }));
});

test('without k6 there is a hint how to get it', async () => {
  const fake = await prepare([]);
  const missing = expect.objectContaining({ code: 'PRICECTL_E_K6_MISSING', kind: 'environment', hints: expect.arrayContaining([expect.stringContaining('install k6')]) });
  await expect(start(fake, { binary: join(fake.folder, 'none') }).result).rejects.toThrow(missing);
  await expect(start(fake, { binary: undefined, env: { PATH: fake.folder.replace(/$/, '-none') } }).result).rejects.toThrow(missing);
});

test('where nobody answers, no load is made', async () => {
  const fake = await prepare([]);
  await expect(start(fake, {}, { url: 'http://127.0.0.1:1' }).result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_UNREACHABLE' }));
});

test('a script of the user: its thresholds, its environment, its own words', async () => {
  await using source = await createFolder({ 'load.js': 'export default function () {}' });
  const fake = await prepare([{ runMs: 0, payload: payload(2), ownLines: ['own summary'] }], { inspect: { stdout: '{"maxVUs": 3}', stderr: '', exitCode: 0 } });
  const own: string[] = [];
  const script = await wrapUserScript(join(source.path, 'load.js'), { env: { PRICECTL_URL: 'http://x' } });
  const result = await start(fake, { script, parallelism: 8, folder: '/runs/x', onOwnLine: (line) => own.push(line) }, { url: 'http://127.0.0.1:1' }).result;
  expect(result.thresholds).toEqual({ checks: ['rate==1'] });
  expect(result.runners).toHaveLength(3);
  expect(own).toEqual(['own summary', 'own summary', 'own summary']);
  const logs = (await fake.calls()).filter(({ event }) => event === 'ready').map(({ args }) => args[args.indexOf('--console-output') + 1]);
  expect(new Set(logs)).toEqual(new Set([1, 2, 3].map((number) => `/runs/x/k6-${number}.console.log`)));
  expect((await fake.calls()).filter(({ event }) => event === 'ready').map(({ env }) => env['PRICECTL_URL'])).toEqual(['http://x', 'http://x', 'http://x']);
});

test('a script that k6 refuses is told with its words, before anything runs', async () => {
  await using source = await createFolder({ 'load.js': 'export default function () {}' });
  const inspect = { stdout: '', stderr: 'level=error msg="SyntaxError: oh"\n', exitCode: 107 };
  const fake = await prepare([], { inspect });
  const script = await wrapUserScript(join(source.path, 'load.js'));
  await expect(start(fake, { script }).result).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_SCRIPT', message: "k6 can't run the script: the script failed: SyntaxError: oh" }));
});

test('every sample is kept where it is wanted', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(2) }]);
  await start(fake, { folder: '/runs/x', raw: true, parallelism: 2 }).result;
  const outs = (await fake.calls()).filter(({ event }) => event === 'ready').map(({ args }) => args[args.indexOf('--out') + 1]);
  expect(new Set(outs)).toEqual(new Set(['json=/runs/x/k6-1.samples.json', 'json=/runs/x/k6-2.samples.json']));
});

test('that k6 sends requests once more is told to those who did not want it', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(2) }]);
  expect((await start(fake, {}, { resend: false }).result).warnings).toEqual([expect.stringContaining('once more')]);
});

test('profiles are fixed', async () => {
  const fake = await prepare([{ runMs: 0, payload: payload(2) }]);
  const run = start(fake);
  expect(() => run.extend([], true)).toThrow(TypeError);
  await run.result;
});
