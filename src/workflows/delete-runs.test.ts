import { expect, test } from 'vitest';
import { deleteNamedRuns, listDeletable } from './delete-runs.ts';
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
