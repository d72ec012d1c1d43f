import { expect, test } from 'vitest';
import { compareRecordedRuns } from './compare-runs.ts';
import { createTemporaryRuns, readRecordedRun } from './recorded-run.fixture.ts';
import { recordFile } from './recorded-runs.ts';
import { runFiles } from './run-data.ts';

const a = '2026-11-25-211059-lab';
const b = '2026-11-25-220000-lab';

/** The real run and another one that is made of it. */
async function twoRuns(change: (files: Readonly<Record<string, string>>) => Readonly<Record<string, string>>) {
  const runs = await createTemporaryRuns();
  const files = await readRecordedRun();
  await runs.write(a, files);
  await runs.write(b, change(files));
  return runs;
}

test('a run is no other than itself, replicas included', async () => {
  await using runs = await twoRuns((files) => files);
  const comparison = await compareRecordedRuns(runs.store, { a, b });
  expect(comparison).toMatchObject({ likeWithLike: true, conditions: [], problems: [] });
  expect(comparison.measures.find(({ name }) => name === 'most replicas')).toMatchObject({ a: 10, b: 10, change: 0 });
  expect(comparison.measures.find(({ name }) => name === 'pod-seconds')?.a).toBeGreaterThan(500);
});

test('other settings and another engine are named; a port is none', async () => {
  await using runs = await twoRuns((files) => ({
    ...files,
    [recordFile]: (files[recordFile] ?? '').replace('"cpuTarget": 50', '"cpuTarget": 70').replace(/"port": \d+/, '"port": 1').replaceAll('"engine": "node"', '"engine": "k6"'),
  }));
  const { conditions, likeWithLike } = await compareRecordedRuns(runs.store, { a, b });
  expect(conditions).toEqual([
    { what: 'engine', a: 'node', b: 'k6', isOther: true },
    { what: '--cpu-target', a: '50%', b: '70%', isOther: false },
  ]);
  expect(likeWithLike).toBe(false);
});

test('what of a run is missing is said, and the rest compared', async () => {
  await using runs = await twoRuns((files) => ({ ...files, [runFiles.series]: '[{"elapsed' }));
  const { problems, conclusion } = await compareRecordedRuns(runs.store, { a, b });
  expect(problems).toEqual(['B: series.json: 1 of 1 entries are damaged']);
  expect(conclusion).toBe('unknown');
});

test('a run of before warnings, runners and machine were recorded is compared, and that they lack is said', async () => {
  await using runs = await twoRuns((files) => {
    const record = JSON.parse(files[recordFile] ?? '');
    const { warnings: _warnings, runners: _runners, measuredOn: _measuredOn, ...result } = record.result;
    return { ...files, [recordFile]: JSON.stringify({ ...record, result }) };
  });
  const { problems, likeWithLike } = await compareRecordedRuns(runs.store, { a, b });
  expect(problems).toEqual(['B: run.json has no runners', 'B: run.json has no warnings', 'B: run.json has no measuredOn']);
  expect(likeWithLike).toBe(false);
});

test('an unknown run is no', async () => {
  await using runs = await twoRuns((files) => files);
  await expect(compareRecordedRuns(runs.store, { a, b: '2026-11-25-220001-lab' })).rejects.toMatchObject({ code: 'PRICECTL_E_NO_SUCH_RUN' });
});
