import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { payloadOf } from '../merge.fixture.ts';
import { createFakeOperatorCluster, endedPod, type FakeOperatorCluster, podOf, samplesOf, sampleLines } from './cluster.fixture.ts';
import { keepSamples, type SampledRunner } from './samples.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-samples-'));
});
afterEach(() => rm(folder, { recursive: true }));

function resultOf(requests: number): SampledRunner['payload'] {
  return payloadOf({ http_reqs: { type: 'counter', contains: 'default', count: requests } });
}

function createCluster(): FakeOperatorCluster & { readonly clock: ReturnType<typeof createFakeClock> } {
  const clock = createFakeClock();
  const cluster = createFakeOperatorCluster(() => clock.now());
  cluster.created.push({ apiVersion: 'k6.io/v1alpha1', kind: 'TestRun', metadata: { name: 'run' } });
  cluster.moment = () => ({ stage: 'finished', pods: [endedPod('%-1', 0), endedPod('%-2', 0)] });
  cluster.samples.set('-1', sampleLines(samplesOf(100)));
  cluster.samples.set('-2', sampleLines(samplesOf(200)));
  return Object.assign(cluster, { clock });
}

function keep({ api, clock }: ReturnType<typeof createCluster>, payloads = [resultOf(100), resultOf(200)], signal = new AbortController().signal): Promise<readonly string[]> {
  const run = { api, clock, namespace: 'pricectl', name: 'run', uid: 'x', parallelism: 2, onNotice: () => {}, signal };
  return keepSamples(run, folder, payloads.map((payload, index) => ({ pod: `run-${index + 1}`, payload })));
}

test('each runner has a file, byte for byte what k6 wrote', async () => {
  expect(await keep(createCluster())).toEqual([]);
  expect((await readdir(folder)).toSorted()).toEqual(['k6-1.samples.json', 'k6-2.samples.json']);
  expect(await readFile(join(folder, 'k6-1.samples.json'), 'utf8')).toBe(samplesOf(100));
  expect(await readFile(join(folder, 'k6-2.samples.json'), 'utf8')).toBe(samplesOf(200));
});

test('a pod that still sends is waited for', async () => {
  const cluster = createCluster();
  const ended = podOf('%-2', { terminated: { exitCode: 0 } });
  cluster.moment = (ms) => ({ stage: 'started', pods: [endedPod('%-1', 0), ms < 3_000 ? ended : endedPod('%-2', 0)] });
  const askedMs: number[] = [];
  const lines = cluster.api.lines.bind(cluster.api);
  Object.assign(cluster.api, {
    lines(path: string, signal: AbortSignal) {
      askedMs.push(cluster.clock.now());
      return lines(path, signal);
    },
  });
  expect(await keep(cluster)).toEqual([]);
  expect(Math.min(...askedMs)).toBe(3_000);
});

test('a pod that does not end is not waited for without end', async () => {
  const cluster = createCluster();
  cluster.moment = () => ({ stage: 'started', pods: [podOf('%-1', { terminated: { exitCode: 0 } }), endedPod('%-2', 0)] });
  cluster.samples.set('-1', []);
  expect(await keep(cluster)).toEqual(['k6-1.samples.json is missing: none came']);
  expect(cluster.clock.now()).toBeGreaterThanOrEqual(45_000);
  expect(cluster.clock.now()).toBeLessThan(60_000);
});

const whole = sampleLines(samplesOf(100));

test.each<[string, readonly string[], RegExp]>([
  ['did not come', [], /^none came$/],
  ['are cut off', whole.slice(0, -3), /^they came damaged: unexpected end of file$/],
  ['lack a line', whole.toSpliced(3, 1), /^they came damaged: /],
  ['lack their beginning', whole.slice(1), /^they came damaged: incorrect header check$/],
  ['were too many', ['more than 100 MB'], /^more than 100 MB$/],
  ['could not be sent', ['sh: gzip: not found'], /^sh: gzip: not found$/],
  ['end within a line', sampleLines(samplesOf(100).slice(0, -20)), /^its end is cut off$/],
  ['are those of fewer requests', sampleLines(samplesOf(99)), /^they tell of 99 requests, the runner's result of 100$/],
])('samples that %s are no file, and it is said', async (_, lines, why) => {
  const cluster = createCluster();
  cluster.samples.set('-1', lines);
  const [missing = '', ...others] = await keep(cluster);
  expect(others).toEqual([]);
  expect(missing).toMatch(/^k6-1\.samples\.json is missing: /);
  expect(missing.replace(/^.*? is missing: /, '')).toMatch(why);
  expect(await readdir(folder)).toEqual(['k6-2.samples.json']);
});

test('a log that breaks off is read once more', async () => {
  const cluster = createCluster();
  const asked: string[] = [];
  Object.assign(cluster.api, {
    async *lines(path: string) {
      asked.push(path);
      yield* asked.length === 1 ? whole.slice(0, 2) : sampleLines(samplesOf(path.includes('run-1') ? 100 : 200));
    },
  });
  expect(await keep(cluster)).toEqual([]);
  expect(asked).toHaveLength(3);
});

test('a bomb is no file', async () => {
  const cluster = createCluster();
  cluster.samples.set('-1', sampleLines('0'.repeat(100_000_001)));
  expect(await keep(cluster)).toEqual(['k6-1.samples.json is missing: more than 100 MB']);
});

test('without the result of a runner its samples prove nothing, and it is not waited for', async () => {
  const cluster = createCluster();
  cluster.moment = () => ({ stage: 'started', pods: [podOf('%-1', { running: {} }), endedPod('%-2', 0)] });
  expect(await keep(cluster, ['its result is cut off', resultOf(200)])).toEqual(["k6-1.samples.json is missing: the runner's result is lost, and nobody knows whether these would be all"]);
  expect(await readdir(folder)).toEqual(['k6-2.samples.json']);
  expect(cluster.clock.now()).toBe(0);
});

test('a full disk or a folder that is gone costs the samples, not the result', async () => {
  const cluster = createCluster();
  await rm(folder, { recursive: true });
  expect(await keep(cluster)).toEqual([1, 2].map((runner) => expect.stringMatching(`^k6-${runner}.samples.json is missing: .*no such file`)));
  folder = await mkdtemp(join(tmpdir(), 'pricectl-samples-'));
});

test('an abort ends it', async () => {
  await expect(keep(createCluster(), undefined, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
