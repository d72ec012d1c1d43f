import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { createManualClock, type ManualClock } from '../../test/fakes/manual-clock.ts';
import { createRunStore, type RunStore } from '../load/run-store.ts';
import type { Snapshot } from '../targets/target.ts';
import { liveLoad } from './live-load.fixture.ts';
import { findLiveLoad, publishLoad } from './live-load.ts';
import { watchService, type WatchMoment } from './watch.ts';
import { podSnapshot, watchedSnapshot } from './watch.fixture.ts';

interface Bench {
  readonly runs: RunStore;
  readonly clock: ManualClock;
  readonly stop: AbortController;
  /** The next moment, a second after the one before; its look is answered so. */
  readonly next: (answer: Snapshot | Error) => Promise<WatchMoment>;
}

async function withWatch(check: (bench: Bench) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'pricectl watch '));
  const stop = new AbortController();
  const runs = createRunStore(path);
  const clock = createManualClock();
  const target = createFakeTarget();
  let answer: Snapshot | Error = new Error('nobody expects a look');
  target.snapshot = async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const moments = watchService({ target, runs, clock, everyMs: 1_000, signal: stop.signal });
  let hasBegun = false;
  const next = async (given: Snapshot | Error) => {
    answer = given;
    const moment = moments.next();
    const [{ value }] = await Promise.all([moment, hasBegun ? clock.advance(1_000) : undefined]);
    hasBegun = true;
    return value;
  };
  try {
    await check({ runs, clock, stop, next });
  } finally {
    await rm(path, { recursive: true });
  }
}

test('a moment tells the snapshot, what its replicas are at and what they serve', () =>
  withWatch(async ({ next }) => {
    const pods = [podSnapshot('a'), podSnapshot('b', { ready: false, requestsPerSecond: null }), podSnapshot('c', { terminating: true })];
    const snapshot = watchedSnapshot({ pods, replicas: { min: 3, max: 10, desired: 2, ready: 1 } });
    expect(await next(snapshot)).toEqual({
      ms: 0,
      atMs: 0,
      snapshot,
      silence: null,
      replicas: { min: 3, max: 10, desired: 2, ready: 1, starting: 1, ending: 1 },
      requestsPerSecond: 800,
      load: null,
      events: [],
    });
  }));

test('where no replica tells what it serves, that is unknown', () =>
  withWatch(async ({ next }) => {
    expect(await next(watchedSnapshot({ pods: [podSnapshot('a', { requestsPerSecond: null })] }))).toMatchObject({ requestsPerSecond: null });
  }));

test('what happened comes once, with the moment that shows it', () =>
  withWatch(async ({ next }) => {
    await next(watchedSnapshot());
    const scaled = watchedSnapshot({ replicas: { min: 3, max: 10, desired: 4, ready: 3 } });
    expect((await next(scaled)).events).toMatchObject([{ kind: 'scale' }]);
    expect((await next(scaled)).events).toEqual([]);
  }));

test('a service that does not answer is said to be silent, and what happened meanwhile comes when it answers', () =>
  withWatch(async ({ next }) => {
    const first = watchedSnapshot();
    await next(first);
    const refused = new Error('connection refused');
    expect(await next(refused)).toMatchObject({ snapshot: first, silence: { ms: 1_000, reason: 'connection refused' }, events: [{ kind: 'look', text: 'no answer: connection refused' }] });
    expect(await next(refused)).toMatchObject({ silence: { ms: 2_000 }, events: [] });
    const { events, silence } = await next(watchedSnapshot({ replicas: { min: 3, max: 10, desired: 4, ready: 3 } }));
    expect(silence).toBeNull();
    expect(events.map(({ kind }) => kind)).toEqual(['look', 'scale']);
  }));

test('the watch survives the end of the service and its return', () =>
  withWatch(async ({ next }) => {
    const absent = watchedSnapshot({ state: 'absent', pods: [], replicas: { min: 0, max: 0, desired: 0, ready: 0 } });
    await next(watchedSnapshot());
    expect((await next(absent)).events).toMatchObject([{ text: 'ready → absent' }]);
    expect((await next(watchedSnapshot())).events).toMatchObject([{ text: 'absent → ready' }]);
  }));

test('a wall clock that jumps moves the time of the day only', () =>
  withWatch(async ({ next, clock }) => {
    await next(watchedSnapshot());
    clock.jump(-3_600_000);
    expect(await next(watchedSnapshot())).toMatchObject({ ms: 1_000, atMs: -3_599_000 });
    clock.jump(7_200_000);
    expect(await next(watchedSnapshot())).toMatchObject({ ms: 2_000, atMs: 3_602_000 });
  }));

test('a load test on this machine is followed from its first progress to its end', () =>
  withWatch(async ({ next, runs }) => {
    const service = watchedSnapshot().identity;
    await next(watchedSnapshot());
    const folder = await runs.create('loadtest', 0);
    const publisher = publishLoad({ folder, engine: 'node', service, totalMs: 90_000 });
    publisher.note(liveLoad().progress);
    await vi.waitFor(async () => expect(await findLiveLoad(runs, service)).toBeDefined());
    const moment = await next(watchedSnapshot());
    expect(moment).toMatchObject({ load: { id: folder.id, progress: { requestsPerSecond: 6_679 } }, events: [{ text: `load test ${folder.id} is under way (node engine)` }] });
    await publisher[Symbol.asyncDispose]();
    expect(await next(watchedSnapshot())).toMatchObject({ load: null, events: [{ text: `load test ${folder.id} ended` }] });
  }));

test('an abort ends the watch with its reason', () =>
  withWatch(async ({ next, stop }) => {
    await next(watchedSnapshot());
    const reason = new Error('Ctrl-C');
    stop.abort(reason);
    await expect(next(watchedSnapshot())).rejects.toBe(reason);
  }));
