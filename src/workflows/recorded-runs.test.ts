import { expect, test } from 'vitest';
import { createTemporaryRuns, readRecordedRun } from './recorded-run.fixture.ts';
import { listRuns, readRun, recordFile } from './recorded-runs.ts';

const whole = '2026-11-25-110000-lab';
const damaged = '2026-11-25-120000-lab';

test.each([['null', null], ['an object without values', {}]])('a run with a metric that is %s is damaged, and the others are listed', async (_, metric) => {
  await using runs = await createTemporaryRuns();
  const files = await readRecordedRun();
  const record = JSON.parse(files[recordFile] ?? '');
  await runs.write(whole, files);
  await runs.write(damaged, { ...files, [recordFile]: JSON.stringify({ ...record, result: { ...record.result, metrics: { ...record.result.metrics, http_reqs: metric } } }) });
  expect(await listRuns(runs.store)).toHaveLength(1);
  await expect(readRun(runs.store, damaged)).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_DAMAGED' });
});

test.each(['thresholds', 'checks', 'runners'])('a run with a null among its %s is damaged', async (list) => {
  await using runs = await createTemporaryRuns();
  const files = await readRecordedRun();
  const record = JSON.parse(files[recordFile] ?? '');
  await runs.write(damaged, { ...files, [recordFile]: JSON.stringify({ ...record, result: { ...record.result, [list]: [null] } }) });
  await expect(readRun(runs.store, damaged)).rejects.toMatchObject({ code: 'PRICECTL_E_RUN_DAMAGED' });
});
