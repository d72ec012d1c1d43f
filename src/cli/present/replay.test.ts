import { expect, test } from 'vitest';
import { createTemporaryRuns, readRecordedRun } from '../../workflows/recorded-run.fixture.ts';
import { replayRun } from '../../workflows/replay-run.ts';
import { plainStyle } from '../style.ts';
import { presentReplay } from './replay.ts';
import { replicaCourse } from './replica-course.ts';

const id = '2026-11-25-211059-lab';

async function present(changes: object, sweep: boolean): Promise<readonly string[]> {
  await using runs = await createTemporaryRuns();
  await runs.write(id, await readRecordedRun());
  return presentReplay(await replayRun(runs.store, { id, changes, sweep }), plainStyle).split('\n');
}

test('a sweep fits 80 columns: agreement, a row for each, suggestion and limits', async () => {
  const lines = await present({ cpuTarget: 60, scaleDownWindowMs: 20_000 }, true);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toContain('  - own settings, recorded pods: 46 of 46 looks as recorded, 100 % of the time');
  expect(lines.find((line) => line.startsWith('  own settings  '))).toMatch(/ [▁▂▃▄▅▆▇█]{20} {2}3-10 {3}544 {4}60 ms {3}125 %$/);
  expect(lines).toContain('  --cpu-target 60 --scale-down-window 20s');
  expect(lines.find((line) => line.startsWith('Suggestion: '))).toMatch(/^Suggestion: (keep the settings|try --)/);
  expect(lines).toContain("What a replay can't know:");
});

test('without a sweep there is neither suggestion nor neighbour', async () => {
  const lines = await present({}, false);
  expect(lines.some((line) => line.startsWith('Suggestion') || line.includes('--'))).toBe(false);
});

test('blocks show the most of their share of the time', () => {
  const steps = [{ ms: -500, replicas: 2 }, { ms: 250, replicas: 8 }, { ms: 300, replicas: 4 }];
  expect(replicaCourse(steps, 1_000, 8, 4)).toBe('▂█▄▄');
  expect(replicaCourse([{ ms: 0, replicas: 1 }], 1_000, 8, 3)).toBe('▁▁▁');
});
