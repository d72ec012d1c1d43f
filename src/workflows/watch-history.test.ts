import { expect, test } from 'vitest';
import { liveLoad } from './live-load.fixture.ts';
import { createWatchHistory, toWatchPoint } from './watch-history.ts';
import { watchMoment } from './watch.fixture.ts';

test('an hour leaves no more than the limits', () => {
  const history = createWatchHistory({ points: 300, events: 50 });
  for (let second = 0; second < 3_600; second += 1) {
    const event = (kind: 'pod' | 'scale') => ({ atMs: second, kind, tone: 'neutral', text: `${kind} ${second}` } as const);
    history.add(watchMoment({ ms: second * 1_000, events: [event('pod'), event('scale')] }));
  }
  expect(history.points).toHaveLength(300);
  expect(history.events).toHaveLength(50);
  expect(history.points[0]?.ms).toBe(3_300_000);
  expect(history.events.at(-1)?.text).toBe('scale 3599');
});

test('a point tells the load test that is under way, else what the replicas count', () => {
  expect(toWatchPoint(watchMoment())).toMatchObject({ desired: 3, ready: 3, cpuPercent: 132, requestsPerSecond: 1_200, p95Ms: null });
  expect(toWatchPoint(watchMoment({ load: liveLoad() }))).toMatchObject({ requestsPerSecond: 6_679, p50Ms: 0.52, p95Ms: 4.91, p99Ms: 12.1 });
});

test('while nobody answers the service is unknown, not as it was', () => {
  const point = toWatchPoint(watchMoment({ silence: { ms: 5_000, reason: null } }));
  expect(point).toEqual({ ms: 0, desired: null, ready: null, cpuPercent: null, requestsPerSecond: null, p50Ms: null, p95Ms: null, p99Ms: null });
});
