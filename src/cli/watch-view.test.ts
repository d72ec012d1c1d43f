import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { watchMoment } from '../workflows/watch.fixture.ts';
import { plainStyle } from './style.ts';
import { createWatchView } from './watch-view.ts';

function createBench(isJson: boolean) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of a process that a view without a terminal uses
  const process = { stdout, env: {} } as unknown as NodeJS.Process;
  return { view: createWatchView({ process, style: plainStyle, isJson }), lines: () => String(stdout.read() ?? '').split('\n').slice(0, -1) };
}

test('without a terminal there is a line each ten seconds, and one for whatever happens', () => {
  const { view, lines } = createBench(false);
  for (let second = 0; second <= 20; second += 1) view.show(watchMoment({ ms: second * 1_000 }));
  expect(lines()).toHaveLength(3);
  view.show(watchMoment({ ms: 21_000, events: [{ atMs: 0, kind: 'pod', tone: 'good', text: 'a is ready' }] }));
  expect(lines()).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d {2}a is ready$/)]);
});

test('as JSON each moment is one line', () => {
  const { view, lines } = createBench(true);
  const moment = watchMoment();
  view.show(moment);
  expect(lines().map((line) => JSON.parse(line))).toEqual([moment]);
});
