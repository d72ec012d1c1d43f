import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRunStore } from '../load/run-store.ts';
import { recordFile, runFormat } from './recorded-runs.ts';
import { readRunData, runFiles } from './run-data.ts';

const progress = { elapsedMs: 1_000, vus: 1, requests: 10, failed: 0, requestsPerSecond: 10, p50Ms: 1, p95Ms: 2, p99Ms: 3, droppedIterations: 0 };
const point = { ms: 1_000, desired: 3, ready: 3, cpuPercent: 10, requestsPerSecond: 10 };
const sample = { ms: 1_000, snapshot: { atMs: 5, replicas: {}, autoscaler: {}, pods: [{ name: 'a' }] } };
const distribution = { metric: 'http_req_duration', count: 2, quantiles: [[0, 1], [1, 2]] };
const result = { id: 'x', startedAt: '', profile: 'custom', engine: 'node', verdict: 'passed', ms: 1_000, metrics: {} };

let state = '';
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'pricectl-test-runs-'));
});
afterAll(() => rm(state, { recursive: true }));

async function writeRun(record: object = {}) {
  const runs = createRunStore(state);
  const folder = await runs.create('loadtest', Date.UTC(2026, 10, 25));
  await folder.write(recordFile, JSON.stringify({ format: runFormat, result, service: null, settings: null, command: null, ...record }));
  await folder.write(runFiles.series, JSON.stringify([progress]));
  await folder.write(runFiles.timeline, JSON.stringify([point]));
  await folder.write(runFiles.snapshots, `${JSON.stringify(sample)}\n`);
  await folder.write(runFiles.distribution, JSON.stringify(distribution));
  return { runs, folder };
}

test('a run comes back as it was written', async () => {
  const { runs, folder } = await writeRun();
  expect(await readRunData(runs, folder.id)).toMatchObject({ series: [progress], timeline: [point], samples: [sample], distribution, problems: [] });
});

test('a run of before settings and command were recorded is read without them', async () => {
  const { runs, folder } = await writeRun();
  await folder.write(recordFile, JSON.stringify({ result, service: null }));
  expect((await readRunData(runs, folder.id)).record).toEqual({ format: runFormat, result, service: null, settings: null, command: null });
});

test('a run of a newer pricectl is refused', async () => {
  const { runs, folder } = await writeRun({ format: runFormat + 1 });
  await expect(readRunData(runs, folder.id)).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_FORMAT', kind: 'environment' });
});

test('what is cut, missing or of another shape is left out and said', async () => {
  const { runs, folder } = await writeRun();
  await truncate(join(folder.path, runFiles.series), 5);
  await rm(join(folder.path, runFiles.timeline));
  const nameless = { ...sample, snapshot: { ...sample.snapshot, pods: [null] } };
  await appendFile(join(folder.path, runFiles.snapshots), `${JSON.stringify(nameless)}\n{"ms":2000,"snapsho`);
  const { series, timeline, samples, problems } = await readRunData(runs, folder.id);
  expect([series, timeline, samples]).toEqual([[], [], [sample]]);
  expect(problems).toHaveLength(3);
  expect(problems[2]).toBe('snapshots.ndjson: 2 of 3 entries are damaged');
});

test('a record that is cut is an error', async () => {
  const { runs, folder } = await writeRun();
  const path = join(folder.path, recordFile);
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 20));
  await expect(readRunData(runs, folder.id)).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_DAMAGED' });
});

test('a run of before the distribution was recorded is whole without it, a damaged one is said', async () => {
  const { runs, folder } = await writeRun();
  await folder.write(runFiles.distribution, '{"metric":"http_req_duration","count":2,"quantiles":[[0]]}');
  expect(await readRunData(runs, folder.id)).toMatchObject({ distribution: null, problems: ['distribution.json is damaged'] });
  await rm(join(folder.path, runFiles.distribution));
  expect(await readRunData(runs, folder.id)).toMatchObject({ distribution: null, problems: [] });
});
