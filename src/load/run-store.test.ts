import { constants } from 'node:buffer';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunStore } from './run-store.ts';

async function inTemporaryStore(check: (store: ReturnType<typeof createRunStore>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl runs '));
  try {
    await check(createRunStore(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const startedAtMs = Date.UTC(2026, 10, 23, 12, 3, 1);

test('a run is found again under its id', () =>
  inTemporaryStore(async (store) => {
    const run = await store.create('lab', startedAtMs);
    await run.write('result.json', '{"a":1}');
    expect(run.id).toBe('2026-11-23-120301-lab');
    expect(await store.list()).toEqual([run.id]);
    expect(await store.read(run.id, 'result.json')).toBe('{"a":1}');
  }));

test('a file may be written in pieces, also without any', () =>
  inTemporaryStore(async (store) => {
    const run = await store.create('lab', startedAtMs);
    await run.write('pieces.ndjson', ['a\n', 'ü\n'].values());
    await run.write('none.ndjson', []);
    expect(await readFile(join(run.path, 'pieces.ndjson'), 'utf8')).toBe('a\nü\n');
    expect(await store.read(run.id, 'none.ndjson')).toBe('');
  }));

test('a file that is longer than a text can be is refused in words', () =>
  inTemporaryStore(async (store) => {
    const run = await store.create('lab', startedAtMs);
    await run.write('large.ndjson', '');
    await truncate(join(run.path, 'large.ndjson'), constants.MAX_STRING_LENGTH + 1);
    await expect(store.read(run.id, 'large.ndjson')).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_TOO_LARGE', kind: 'environment' });
  }));

test('two runs in the same second get folders of their own', () =>
  inTemporaryStore(async (store) => {
    await store.create('lab', startedAtMs);
    const second = await store.create('lab', startedAtMs);
    expect(second.id).toBe('2026-11-23-120301-lab-2');
  }));

test('without a folder there are no runs', () => inTemporaryStore(async (store) => expect(await store.list()).toEqual([])));

test.each(['2026-11-23-120301-lab', '../../etc', '', 'a/b'])('run %j is unknown', (id) =>
  inTemporaryStore(async (store) => {
    await expect(store.read(id, 'result.json')).rejects.toMatchObject({ code: 'PRICECTL_E_NO_SUCH_RUN' });
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'PRICECTL_E_NO_SUCH_RUN' });
  }),
);
