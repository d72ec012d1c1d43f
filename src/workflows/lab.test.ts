import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeEngine, type FakeEngine } from '../../test/fakes/fake-engine.ts';
import { createFakeTarget, type FakeTarget } from '../../test/fakes/fake-target.ts';
import { createRunStore, type RunStore } from '../load/run-store.ts';
import { finishedTest } from '../load/summary.fixture.ts';
import { ToolError } from '../tools/errors.ts';
import { systemClock } from '../tools/clock.ts';
import { type LabOptions, runLab } from './lab.ts';
import { recordRun } from './load-test.ts';
import { deleteRuns, listRuns, readRun } from './recorded-runs.ts';
import { readRunData } from './run-data.ts';
import { runStepsSilently } from './steps.ts';

interface Bench {
  readonly target: FakeTarget;
  readonly engine: FakeEngine;
  readonly runs: RunStore;
  readonly options: LabOptions;
}

async function withLab(changes: Partial<LabOptions>, check: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl lab '));
  try {
    const target = createFakeTarget();
    const engine = createFakeEngine();
    const runs = createRunStore(folder);
    const { measuredOn, profile } = finishedTest();
    const options: LabOptions = {
      target,
      reason: 'test',
      given: { port: 4_711 },
      defaultPrices: '/p.txt',
      keep: false,
      runSteps: runStepsSilently,
      signal: new AbortController().signal,
      load: { engine, folder: await runs.create('lab', 0), clock: systemClock, measuredOn },
      toRequest: (url) => ({ profile, url, ids: ['A'], resend: true, requestTimeoutMs: 1_000 }),
      onUp: () => {},
      onProgress: () => {},
      onLoadEnd: () => {},
      ...changes,
    };
    await check({ target, engine, runs, options });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a lab brings the service up, loads it and takes it down', () =>
  withLab({}, async ({ target, engine, options }) => {
    const { result } = await runLab(options);
    expect(engine.requests).toMatchObject([{ url: 'http://127.0.0.1:4711' }]);
    expect(result).toMatchObject({ loadtest: { verdict: 'passed' }, scaling: { maxReady: 3, firstScaleOutMs: null }, events: [], report: null, down: { removed: true } });
    expect(target.calls.slice(-3)).toEqual(['lock pricectl down', 'supervisor', 'unlock']);
  }));

test('a way to the service that is no path for a load test is told', () =>
  withLab({}, async ({ target, options }) => {
    const connect = target.connect.bind(target);
    expect(await runLab(options)).toMatchObject({ warning: null });
    target.connect = async (signal) => ({ ...(await connect(signal)), warning: 'one pod only' });
    expect(await runLab(options)).toMatchObject({ warning: 'one pod only' });
  }));

test('a kept service stays up', () =>
  withLab({ keep: true }, async ({ target, options }) => {
    const { result } = await runLab(options);
    expect(result.down).toBeNull();
    expect(target.running).toBeDefined();
  }));

test('a load that fails takes the service down all the same', () =>
  withLab({}, async ({ target, engine, options }) => {
    engine.failure = new ToolError('PRICECTL_E_ENGINE', 'no');
    await expect(runLab(options)).rejects.toBe(engine.failure);
    expect(target.running).toBeUndefined();
  }));

test('an up that fails is taken down too', () =>
  withLab({}, async ({ target, options }) => {
    const error = new ToolError('PRICECTL_E_UP', 'no');
    target.failure = { step: 'replicas', error };
    await expect(runLab(options)).rejects.toBe(error);
    expect(target.calls).toContain('lock pricectl down');
  }));

test('an interrupted load has a result, and the service goes', async () => {
  const abort = new AbortController();
  await withLab({ signal: abort.signal, onUp: () => abort.abort(new Error('Ctrl-C')) }, async ({ target, options }) => {
    const { result, load } = await runLab(options);
    expect(load.interrupted).toBe(true);
    expect(result.loadtest.verdict).toBe('incomplete');
    expect(target.running).toBeUndefined();
  });
});

test('a run is recorded, listed, read and deleted with its service', () =>
  withLab({}, async ({ target, runs, options }) => {
    const { load } = await runLab(options);
    await recordRun(load, { target, summary: 'PASSED', command: ['lab', '--url', 'http://me:secret@x/'] });
    expect(new Set(await readdir(load.folder.path))).toEqual(new Set(['distribution.json', 'run.json', 'series.json', 'snapshots.ndjson', 'summary.txt', 'timeline.json']));
    expect(await readFile(join(load.folder.path, 'summary.txt'), 'utf8')).toBe('PASSED\n');
    expect(await listRuns(runs)).toMatchObject([{ id: load.folder.id, verdict: 'passed', requests: 20 }]);
    const record = await readRun(runs, load.folder.id);
    expect(record).toMatchObject({ service: target.identity, settings: { min: 3 }, command: ['lab', '--url', 'http://***@x/'] });
    expect(await readRunData(runs, load.folder.id)).toEqual({ record, series: load.series, timeline: load.timeline, samples: load.samples, distribution: load.distribution, problems: [] });
    expect(load.distribution).toMatchObject({ metric: 'http_req_duration', count: 20 });
    expect(await deleteRuns(runs, { ...target.identity, name: 'other' })).toBe(0);
    expect(await deleteRuns(runs, target.identity)).toBe(1);
    expect(await listRuns(runs)).toEqual([]);
  }));

test('a run that was killed before its end is not listed', () =>
  withLab({}, async ({ runs }) => {
    expect(await runs.list()).toHaveLength(1);
    expect(await listRuns(runs)).toEqual([]);
  }));
