import { expect, test } from 'vitest';
import { compareRecordedRuns } from '../../workflows/compare-runs.ts';
import { createTemporaryRuns, readRecordedRun } from '../../workflows/recorded-run.fixture.ts';
import { recordFile } from '../../workflows/recorded-runs.ts';
import { plainStyle } from '../style.ts';
import { presentComparison } from './comparison.ts';

const a = '2026-11-25-211059-lab';
const b = '2026-11-25-220000-lab';

test('a comparison fits 80 columns, says first when it is not of like with like, and how was tested', async () => {
  await using runs = await createTemporaryRuns();
  const files = await readRecordedRun();
  await runs.write(a, files);
  await runs.write(b, { ...files, [recordFile]: (files[recordFile] ?? '').replaceAll('"cores": 2', '"cores": 8') });
  const lines = presentComparison(await compareRecordedRuns(runs.store, { a, b }), plainStyle).split('\n');
  expect(lines.filter((line) => line.length > 80 && !/^[AB] /.test(line))).toEqual([]);
  expect(lines[3]).toMatch(/^Not like with like/);
  expect(lines).toContain('  ! cores: 2 -> 8');
  expect(lines.findIndex((line) => line.startsWith('Not like'))).toBeLessThan(lines.findIndex((line) => line.includes('MEASURE')));
  expect(lines.join('\n')).toMatch(/How it was tested:[\s\S]*Student's t[\s\S]*Fisher's exact test[\s\S]*Holm[\s\S]*only repeating/);
});
