import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createRunStore, type RunFolder, type RunStore } from '../load/run-store.ts';
import { findLiveLoad, type LivePublisher, publishLoad } from './live-load.ts';
import { liveLoad } from './live-load.fixture.ts';

const service = { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' } as const;
const { progress } = liveLoad();

interface Bench {
  readonly runs: RunStore;
  readonly folder: RunFolder;
  readonly publisher: LivePublisher;
}

async function withRun(check: (bench: Bench) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'pricectl live '));
  const runs = createRunStore(path);
  try {
    const folder = await runs.create('loadtest', 0);
    await using publisher = publishLoad({ folder, engine: 'node', service, totalMs: 90_000 });
    await check({ runs, folder, publisher });
  } finally {
    await rm(path, { recursive: true });
  }
}

/** Notes a progress and waits until it is found. */
async function publish({ runs, publisher }: Bench): Promise<void> {
  publisher.note(progress);
  await vi.waitFor(async () => expect(await findLiveLoad(runs, service)).toBeDefined());
}

test('a load test under way is found by its service, and by no other', () =>
  withRun(async (bench) => {
    expect(await findLiveLoad(bench.runs, service)).toBeUndefined();
    await publish(bench);
    expect(await findLiveLoad(bench.runs, service)).toEqual({ id: bench.folder.id, engine: 'node', totalMs: 90_000, progress });
    expect(await findLiveLoad(bench.runs, { ...service, name: 'other' })).toBeUndefined();
  }));

test('at its end the file goes', () =>
  withRun(async (bench) => {
    await publish(bench);
    bench.publisher.note(progress);
    await bench.publisher[Symbol.asyncDispose]();
    expect(await readdir(bench.folder.path)).toEqual([]);
  }));

test('a progress after the end is not written', async () => {
  const writes: string[] = [];
  const folder: RunFolder = { id: 'x', path: '/nowhere', write: async (file) => void writes.push(file), remove: async () => {} };
  const publisher = publishLoad({ folder, engine: 'node', service, totalMs: null });
  publisher.note(progress);
  await publisher[Symbol.asyncDispose]();
  publisher.note(progress);
  // It waits for a write under way.
  await publisher[Symbol.asyncDispose]();
  expect(writes).toEqual(['progress.json']);
});

test('what a killed process left is no load test', () =>
  withRun(async (bench) => {
    await publish(bench);
    const file = JSON.parse(await readFile(join(bench.folder.path, 'progress.json'), 'utf8'));
    await bench.publisher[Symbol.asyncDispose]();
    await bench.folder.write('progress.json', JSON.stringify({ ...file, process: { pid: process.pid, startedAt: 'long ago' } }));
    expect(await findLiveLoad(bench.runs, service)).toBeUndefined();
    await bench.folder.write('progress.json', JSON.stringify(file));
    expect(await findLiveLoad(bench.runs, service)).toBeDefined();
  }));

test.each(['', '{', 'null', '{"progress":{},"process":{},"service":{}}'])('a file with %j is no load test', (content) =>
  withRun(async ({ runs, folder }) => {
    await folder.write('progress.json', content);
    expect(await findLiveLoad(runs, service)).toBeUndefined();
  }),
);

test('a folder that is gone keeps nobody from the load', () =>
  withRun(async ({ runs, folder, publisher }) => {
    await runs.remove(folder.id);
    publisher.note(progress);
    await publisher[Symbol.asyncDispose]();
    expect(await runs.list()).toEqual([]);
  }));
