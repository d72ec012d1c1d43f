import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { liveLoad } from '../../workflows/live-load.fixture.ts';
import type { ServiceEvent } from '../../workflows/service-events.ts';
import { createWatchHistory } from '../../workflows/watch-history.ts';
import { decisionFor, podSnapshot, watchedSnapshot, watchMoment } from '../../workflows/watch.fixture.ts';
import type { WatchMoment } from '../../workflows/watch.ts';
import { plainStyle, styleFor } from '../style.ts';
import { plainEventLines, plainWatchLine, watchScreen } from './watch.ts';

const noon = new Date(2026, 10, 25, 12, 0, 0).getTime();

/** A service that scales from 7 to 10 under load, a second after a decision. */
function busyMoment(): WatchMoment {
  const names = Array.from({ length: 7 }, (_, index) => `price-api-5d9f8c6b5d-x${index}`);
  const pods = [...names.map((name) => podSnapshot(name)), podSnapshot('price-api-5d9f8c6b5d-new', { ready: false }), podSnapshot('price-api-5d9f8c6b5d-old', { terminating: true })];
  const decision = decisionFor(132, names, noon - 1_000);
  const autoscaler = { decision, nextSyncAtMs: noon + 9_000, metricAgeMs: 7_000, tolerance: { scaleUp: 0.1, scaleDown: 0.1 } };
  const snapshot = watchedSnapshot({ atMs: noon, pods, replicas: { min: 3, max: 10, desired: 8, ready: 7 }, autoscaler });
  const replicas = { min: 3, max: 10, desired: 8, ready: 7, starting: 1, ending: 1 };
  const events: ServiceEvent[] = Array.from({ length: 40 }, (_, index) => ({ atMs: noon - 40_000 + index * 1_000, kind: 'pod', tone: 'neutral', text: `event ${index}` }));
  return watchMoment({ atMs: noon, snapshot, replicas, load: liveLoad(), events });
}

function screenOf(moment: WatchMoment, columns: number, rows: number, style = plainStyle): readonly string[] {
  const history = createWatchHistory({ points: 100, events: 100 });
  history.add(moment);
  return watchScreen(moment, history, { columns, rows }, style);
}

test('one screen of 80 by 24 shows it all', () => {
  expect(screenOf(busyMoment(), 80, 24)).toMatchInlineSnapshot(`
    [
      "price-api on local   ready   http://127.0.0.1:8080                      12:00:00",
      "",
      "replicas    7 of 8 ready   1 starting   1 ending   3 to 10   ███████▒░·",
      "CPU         132 % of request   target 50 % (45 to 55)   metric 7 s old",
      "            ━━━━━━━━┿┿┿━━━━━━━━━━━━━   █",
      "load        6,679 req/s   p50 0.52 ms   p95 4.91 ms   p99 12.1 ms   0 failed",
      "            138 users   38 dropped   0:31 of 1:30",
      "autoscaler  emulated: CPU 132 % of request, target 50 %: wants 19; the maximum",
      "            is 10, next look in 9 s",
      "",
      "5d9f8c6b5d-x0  ━━┿┿━━━━  132 %    400/s  5d9f8c6b5d-x1  ━━┿┿━━━━  132 %    400/s",
      "5d9f8c6b5d-x2  ━━┿┿━━━━  132 %    400/s  5d9f8c6b5d-x3  ━━┿┿━━━━  132 %    400/s",
      "5d9f8c6b5d-x4  ━━┿┿━━━━  132 %    400/s  5d9f8c6b5d-x5  ━━┿┿━━━━  132 %    400/s",
      "5d9f8c6b5d-x6  ━━┿┿━━━━  132 %    400/s  5d9f8c6b5d-new starting                ",
      "5d9f8c6b5d-old ending                  ",
      "",
      "11:59:59  event 39",
      "11:59:58  event 38",
      "11:59:57  event 37",
      "11:59:56  event 36",
      "11:59:55  event 35",
      "11:59:54  event 34",
      "11:59:53  event 33",
      "11:59:52  event 32",
    ]
  `);
});

test('on any size no line is too long and none too many, with colour too', () => {
  const coloured = styleFor({ isTTY: true }, false, {});
  for (const columns of [1, 8, 20, 49, 50, 69, 70, 80, 300]) {
    for (const rows of [1, 5, 24, 80]) {
      const lines = screenOf(busyMoment(), columns, rows, coloured);
      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(Math.max(...lines.map((line) => stripVTControlCharacters(line).length))).toBeLessThanOrEqual(columns);
    }
  }
});

test('20 columns still say what there is and why', () => {
  const text = screenOf(busyMoment(), 20, 60).join('\n');
  expect(text).toMatch(/7 of 8 ready\n {2}1 starting/);
  expect(text).toMatch(/132 % of request/);
  expect(text).toMatch(/wants\s+19;/);
  expect(text).toMatch(/^new starting/m);
});

test('without colour there is no control sequence', () => {
  expect(screenOf(busyMoment(), 80, 24).filter((line) => line !== stripVTControlCharacters(line))).toEqual([]);
});

test('more replicas than room are counted, and events keep theirs', () => {
  const pods = Array.from({ length: 100 }, (_, index) => podSnapshot(`p${index}`));
  const lines = screenOf({ ...busyMoment(), snapshot: watchedSnapshot({ pods }) }, 80, 24);
  expect(lines.filter((line) => /^\d+ more replicas$/.test(line))).toHaveLength(1);
  expect(lines.slice(-3).map((line) => line.slice(10))).toEqual(['event 38', 'event 37', 'event 36']);
});

test('a replica with a problem says which', () => {
  const pods = [podSnapshot('a', { ready: false, problem: 'exits with code 1' }), podSnapshot('b', { ready: false, restarts: 2 })];
  const lines = screenOf(watchMoment({ snapshot: watchedSnapshot({ pods }) }), 80, 24);
  expect(lines.find((line) => line.startsWith('a '))).toMatch(/^a exits with code 1 +b starting, 2 restarts/);
});

test('nobody answers, nobody answered yet, and nothing is up', () => {
  const silence = { ms: 5_000, reason: 'connection refused' };
  expect(screenOf(watchMoment({ silence }), 80, 24)[1]).toBe('no answer since 5 s: connection refused');
  expect(screenOf(watchMoment({ snapshot: null, requestsPerSecond: null }), 80, 24)).toEqual(['looking for the service', '']);
  const absent = watchedSnapshot({ state: 'absent', pods: [], url: null, replicas: { min: 0, max: 0, desired: 0, ready: 0 } });
  expect(screenOf(watchMoment({ snapshot: absent, requestsPerSecond: null }), 80, 24).slice(1)).toEqual(['not up: pricectl up starts it', '']);
});

test('a moment on a plain line', () => {
  expect(plainWatchLine(busyMoment())).toBe(
    '12:00:00  ready   7 of 8 ready   CPU 132 %   6,679 req/s   p95 4.91 ms   CPU 132 % of request, target 50 %: wants 19; the maximum is 10, next look in 9 s',
  );
  expect(plainWatchLine(watchMoment({ atMs: noon, snapshot: null, requestsPerSecond: null, silence: { ms: 2_000, reason: null } }))).toBe('12:00:00  no answer since 2 s');
  expect(plainEventLines(busyMoment())[0]).toBe('11:59:20  event 0');
});

test('what a pod last said makes no other lines, and does nothing to a terminal', () => {
  const moment = watchMoment({ events: [{ atMs: 0, kind: 'pod', tone: 'bad', text: 'x has a problem: \u001B[2Ja\nb\u009Bc' }], silence: { ms: 1_000, reason: 'a\r\nb' } });
  for (const line of [...plainEventLines(moment), plainWatchLine(moment)]) expect(line).not.toMatch(/\p{Cc}/u);
});
