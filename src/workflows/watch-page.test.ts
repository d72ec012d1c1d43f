import { expect, test } from 'vitest';
import { liveLoad } from './live-load.fixture.ts';
import { createPageFeed, type FeedEvent, type PageMessage, toPageFrame } from './watch-page.ts';
import { decisionFor, podSnapshot, watchedSnapshot, watchMoment } from './watch.fixture.ts';

const read = (event: FeedEvent | undefined): PageMessage => JSON.parse(event?.data ?? 'null');
const moment = (second: number) => watchMoment({ ms: second * 1_000, atMs: 50_000 + second * 1_000, events: [{ atMs: second, kind: 'pod', tone: 'good', text: `event ${second}` }] });

test('a frame tells what the page shows, the decision with times from now', () => {
  const decision = decisionFor(132, ['a', 'b', 'c'], 0);
  const pods = [podSnapshot('a'), podSnapshot('b', { ready: false, cpuMillicores: null }), podSnapshot('c', { terminating: true })];
  const autoscaler = { decision, nextSyncAtMs: 15_000, metricAgeMs: 1_000, tolerance: { scaleUp: 0.1, scaleDown: 0.1 } };
  const frame = toPageFrame(watchMoment({ atMs: 6_000, snapshot: watchedSnapshot({ pods, autoscaler }), load: liveLoad() }));
  expect(frame).toMatchObject({
    service: { state: 'ready', url: 'http://127.0.0.1:8080', problem: null },
    cpu: { percent: 132, target: 50, band: { low: 45 }, metricAgeMs: 7_000 },
    autoscaler: { kind: 'emulated', words: 'CPU 132 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 in 9 s, next look in 9 s' },
    load: { progress: { p95Ms: 4.91 } },
    morePods: 0,
  });
  expect(frame.pods.map(({ state, cpuPercent }) => [state, cpuPercent])).toEqual([['ready', 132], ['starting', null], ['ending', 132]]);
});

test('what is not up has nothing to scale', () => {
  const snapshot = watchedSnapshot({ state: 'absent', pods: [], replicas: { min: 0, max: 0, desired: 0, ready: 0 } });
  expect(toPageFrame(watchMoment({ snapshot }))).toMatchObject({ service: { state: 'absent' }, replicas: null, cpu: null, autoscaler: null, pods: [] });
  expect(toPageFrame(watchMoment({ snapshot: null }))).toMatchObject({ service: null, replicas: null, cpu: null, autoscaler: null });
});

test('a thousand replicas are counted, not sent', () => {
  const pods = Array.from({ length: 1_000 }, (_, index) => podSnapshot(`p${index}`));
  const frame = toPageFrame(watchMoment({ snapshot: watchedSnapshot({ pods }) }));
  expect([frame.pods.length, frame.morePods]).toEqual([200, 800]);
});

test('each moment is told with its point and events', () => {
  const feed = createPageFeed('s');
  feed.add(moment(0));
  const event = feed.add(moment(1));
  expect(event.id).toBe('s-2');
  expect(read(event)).toMatchObject({ isWhole: false, startedAtMs: 50_000, frame: { ms: 1_000 }, points: [{ ms: 1_000 }], events: [{ text: 'event 1' }] });
});

test('who comes gets all, who comes back what was missed, who comes from another stream all', () => {
  const feed = createPageFeed('s');
  expect(feed.backlog(undefined)).toEqual([]);
  for (let second = 0; second < 5; second += 1) feed.add(moment(second));
  const told = (lastId: string | undefined) => feed.backlog(lastId).map((event) => [read(event).isWhole, read(event).points.map(({ ms }) => ms / 1_000)]);
  expect(told(undefined)).toEqual([[true, [0, 1, 2, 3, 4]]]);
  expect(told('s-3')).toEqual([[false, [3, 4]]]);
  expect(told('s-5')).toEqual([]);
  for (const foreign of ['t-3', 's-99', 's-', 's', '3', '']) expect(told(foreign)).toEqual([[true, [0, 1, 2, 3, 4]]]);
});

test('more than an hour is not kept, and an id from before gets all that is', () => {
  const feed = createPageFeed('s');
  for (let second = 0; second < 4_000; second += 1) feed.add(moment(second));
  const all = read(feed.backlog('s-1')[0]);
  expect(all.isWhole).toBe(true);
  expect(all.points).toHaveLength(3_600);
  expect(all.events).toHaveLength(200);
  expect(all.points.at(-1)?.ms).toBe(3_999_000);
});
