import { expect, test, vi } from 'vitest';
import { deleteNamedRuns, listDeletable } from './delete-runs.ts';
import { liveLoad } from './live-load.fixture.ts';
import { isUnderWay, publishLoad } from './live-load.ts';
import { createTemporaryRuns } from './recorded-run.fixture.ts';
import { recordFile } from './recorded-runs.ts';

const whole = '2026-11-25-100000-lab';
const damaged = '2026-11-25-110000-loadtest';
const unfinished = '2026-11-25-120000-loadtest';

async function threeRuns() {
  const runs = await createTemporaryRuns();
  await runs.write(whole, { [recordFile]: '{}' });
  await runs.write(damaged, { [recordFile]: '{"form' });
  await runs.write(unfinished, { 'notes.txt': '' });
  return runs;
}

test('named runs go, also damaged and unfinished ones; the others stay', async () => {
  await using runs = await threeRuns();
  expect(await deleteNamedRuns(runs.store, [damaged, unfinished, damaged])).toEqual({ deleted: [damaged, unfinished], kept: [] });
  expect(await runs.store.list()).toEqual([whole]);
});

test('a run under way stays, and so do those that are named with it', async () => {
  await using runs = await threeRuns();
  const folder = await runs.store.create('loadtest', 0);
  const remove = () => deleteNamedRuns(runs.store, [whole, folder.id]);
  {
    await using live = publishLoad({ folder, engine: 'node', service: null, totalMs: null });
    live.note(liveLoad().progress);
    await vi.waitFor(async () => expect(await isUnderWay(runs.store, folder.id)).toBe(true));
    await expect(remove()).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_UNDER_WAY', kind: 'negative' });
  }
  expect(await remove()).toEqual({ deleted: [whole, folder.id], kept: [] });
});

test.each(['2026-11-25-100001-lab', '../runs', ''])('with the unknown run %j none is deleted', async (unknown) => {
  await using runs = await threeRuns();
  await expect(deleteNamedRuns(runs.store, [whole, unknown])).rejects.toMatchObject({ code: 'PRICECTL_E_NO_SUCH_RUN', kind: 'negative' });
  expect(await runs.store.list()).toEqual([whole, damaged, unfinished]);
});

test('of all, one without a record is left for a day: it may be under way', async () => {
  await using runs = await threeRuns();
  expect(await listDeletable(runs.store, Date.UTC(2026, 10, 26, 11, 59))).toEqual({ deleted: [whole, damaged], kept: [unfinished] });
  expect(await listDeletable(runs.store, Date.UTC(2026, 10, 26, 12, 1))).toEqual({ deleted: [whole, damaged, unfinished], kept: [] });
});
