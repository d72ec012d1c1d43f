import { expect, test } from 'vitest';
import { hill, quickSettings, recordService } from '../autoscale/replay.fixture.ts';
import { recordFile, runFormat } from './recorded-runs.ts';
import { createTemporaryRuns, readRecordedRun } from './recorded-run.fixture.ts';
import { replayRun } from './replay-run.ts';
import { runFiles } from './run-data.ts';

const id = '2026-11-25-211059-lab';
const plain = { id, changes: {}, sweep: false };

/** The real run, with some of its files changed. */
async function recorded(change: (files: Readonly<Record<string, string>>) => Readonly<Record<string, string>> = (files) => files) {
  const runs = await createTemporaryRuns();
  await runs.write(id, change(await readRecordedRun()));
  return runs;
}

function changeRecord(files: Readonly<Record<string, string>>, change: object): Readonly<Record<string, string>> {
  const record: object = JSON.parse(files[recordFile] ?? '');
  return { ...files, [recordFile]: JSON.stringify({ ...record, ...change }) };
}

test('a real run replayed with its own settings has the replicas that it had', async () => {
  await using runs = await recorded();
  const { agreement, own, asked, startup, problems } = await replayRun(runs.store, plain);
  expect(agreement.recorded).toEqual({ looks: 46, same: 46, timeShare: 1, meanDifference: 0 });
  expect(own.replicas.map(({ replicas }) => replicas)).toEqual([3, 6, 7, 10, 8, 7, 6, 5, 3]);
  expect(own).toMatchObject({ flags: [], measures: { changes: 8, minReplicas: 3, maxReplicas: 10, atMaxMs: 0 } });
  expect(startup).toEqual({ ms: 2_209, scaleOuts: 3 });
  expect([asked, problems]).toEqual([null, []]);
});

test('the model of demand follows a real run for most of its time and costs nearly the same', async () => {
  await using runs = await recorded();
  const { agreement, own } = await replayRun(runs.store, plain);
  expect(agreement.modelled.timeShare).toBeGreaterThan(0.8);
  expect(agreement.modelled.meanDifference).toBeLessThan(0.2);
  expect(Math.abs(agreement.modelled.podSeconds / own.measures.podSeconds - 1)).toBeLessThan(0.02);
});

test('other settings are named by their flags', async () => {
  await using runs = await recorded();
  const { asked } = await replayRun(runs.store, { id, changes: { cpuTarget: 70, min: 3, scaleDownWindowMs: 60_000 }, sweep: false });
  expect(asked?.flags).toEqual(['--cpu-target 70', '--scale-down-window 60s']);
});

test('a sweep tries the neighbours of each setting once and suggests one of them, with reasons', async () => {
  await using runs = await recorded();
  const { alternatives, suggestion } = await replayRun(runs.store, { ...plain, sweep: true });
  const tried = alternatives.map(({ flags }) => flags.join(' '));
  expect(new Set(tried).size).toBe(tried.length);
  for (const flag of ['--cpu-target 40', '--min 2', '--max 5', '--scale-down-window 20s', '--sync-period 4s', '--metric-resolution 4s']) expect(tried).toContain(flag);
  expect(tried).toContain(suggestion?.flags.join(' '));
  expect(suggestion?.reasons.length).toBeGreaterThan(1);
});

test('what no replay can know is said, and what this recording adds', async () => {
  await using runs = await recorded();
  const { limits } = await replayRun(runs.store, plain);
  expect(limits.join('\n')).toMatch(/latency[\s\S]*never sent[\s\S]*dropped[\s\S]*2 s is the median of 3 scale-outs/);
});

test.each([
  ['a run of a newer pricectl', { format: runFormat + 1 }, 'PRICECTL_E_RUN_FORMAT'],
  ['a load test of a foreign URL', { service: null, settings: null }, 'PRICECTL_E_NOTHING_TO_REPLAY'],
  ['a run of before settings were recorded', { settings: null }, 'PRICECTL_E_NOTHING_TO_REPLAY'],
])('%s is refused in words', async (_, change, code) => {
  await using runs = await recorded((files) => changeRecord(files, change));
  await expect(replayRun(runs.store, plain)).rejects.toMatchObject({ code });
});

test('a run that never came to its end is none', async () => {
  await using runs = await recorded((files) => Object.fromEntries(Object.entries(files).filter(([name]) => name !== recordFile)));
  await expect(replayRun(runs.store, plain)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_SUCH_RUN', kind: 'negative' });
});

test('without snapshots there is nothing to replay', async () => {
  await using runs = await recorded((files) => ({ ...files, [runFiles.snapshots]: '' }));
  await expect(replayRun(runs.store, plain)).rejects.toMatchObject({ code: 'PRICECTL_E_NOTHING_TO_REPLAY', kind: 'negative' });
});

function withoutDecision(line: string): string {
  const sample: { snapshot: { autoscaler: object } } = JSON.parse(line);
  return JSON.stringify({ ...sample, snapshot: { ...sample.snapshot, autoscaler: { ...sample.snapshot.autoscaler, decision: null } } });
}

test('without a decision, or without a measured CPU, there is nothing to replay', async () => {
  await using undecided = await recorded((files) => ({ ...files, [runFiles.snapshots]: (files[runFiles.snapshots] ?? '').trim().split('\n').map(withoutDecision).join('\n') }));
  await expect(replayRun(undecided.store, plain)).rejects.toThrow(/no decision/);
  await using unmeasured = await recorded((files) => ({ ...files, [runFiles.snapshots]: (files[runFiles.snapshots] ?? '').replaceAll(/"cpu":\{[^}]*\}/g, '"cpu":null') }));
  await expect(replayRun(unmeasured.store, plain)).rejects.toThrow(/no CPU/);
});

test('a recording that is cut off is replayed as far as it goes, and says so', async () => {
  await using runs = await recorded((files) => ({ ...files, [runFiles.snapshots]: (files[runFiles.snapshots] ?? '').slice(0, 200_000) }));
  const { agreement, problems, ms } = await replayRun(runs.store, plain);
  expect(agreement.recorded.timeShare).toBe(1);
  expect(ms).toBeLessThan(80_000);
  expect(problems).toEqual([expect.stringMatching(/^snapshots\.ndjson: 1 of \d+ entries are damaged$/)]);
});

test.each([{ min: 11 }, { max: 2 }, { cpuTarget: 0 }, { scaleDownWindowMs: 500 }, { syncPeriodMs: 500 }, { metricResolutionMs: 100 }])('%j makes no sense', async (changes) => {
  await using runs = await recorded();
  await expect(replayRun(runs.store, { id, changes, sweep: false })).rejects.toMatchObject({ kind: 'usage' });
});

test('an hour at a second with ten pods is read, replayed and swept; a jump of its clock is said', async () => {
  const lengthMs = 3_600_000;
  const settings = { ...quickSettings, min: 10, max: 20, scaleDownWindowMs: 300_000 };
  const { looks } = recordService({ kind: 'emulated', lengthMs, settings, seed: 1, demandAt: hill(lengthMs, 800, 0.2), clockJump: { atMs: 1_800_000, byMs: 60_000 } });
  const lines = looks.map(({ ms, atMs, desired, ready, decision, pods }) => JSON.stringify({ ms, snapshot: { atMs, replicas: { desired, ready }, autoscaler: { decision }, pods } }));
  const { min, max, scaleDownWindowMs } = settings;
  const toSettings = (record: { settings: { behavior: { scaleDown: object } } }) => ({
    ...record.settings,
    min,
    max,
    behavior: { ...record.settings.behavior, scaleDown: { ...record.settings.behavior.scaleDown, stabilizationWindowMs: scaleDownWindowMs } },
  });
  await using runs = await recorded((files) => ({
    ...changeRecord(files, { settings: toSettings(JSON.parse(files[recordFile] ?? '')) }),
    [runFiles.snapshots]: `${lines.join('\n')}\n`,
    [runFiles.series]: '[]',
  }));
  const { agreement, alternatives, limits, ms } = await replayRun(runs.store, { ...plain, sweep: true });
  expect(ms).toBe(lengthMs);
  expect(agreement.recorded).toMatchObject({ same: 1_801, timeShare: 1 });
  expect(alternatives.length).toBeGreaterThan(12);
  expect(limits.join('\n')).toMatch(/jumped once/);
});
