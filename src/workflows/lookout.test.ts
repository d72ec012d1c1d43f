import { expect, test } from 'vitest';
import { createManualClock } from '../../test/fakes/manual-clock.ts';
import type { Snapshot } from '../targets/target.ts';
import { createLookout } from './lookout.ts';
import { watchedSnapshot } from './watch.fixture.ts';

/** A lookout at a service whose answers the test gives. */
function createBench() {
  const clock = createManualClock();
  const stop = new AbortController();
  const asked: PromiseWithResolvers<Snapshot>[] = [];
  const target = {
    snapshot: () => {
      const answer = Promise.withResolvers<Snapshot>();
      asked.push(answer);
      return answer.promise;
    },
  };
  return { clock, stop, asked, lookout: createLookout({ target, clock, everyMs: 1_000, signal: stop.signal }) };
}

test('an answer is told at once, and nothing sleeps on', async () => {
  const { clock, asked, lookout } = createBench();
  const look = lookout.look();
  const snapshot = watchedSnapshot();
  asked[0]?.resolve(snapshot);
  expect(await look).toEqual({ snapshot, silence: null });
  expect(clock.sleepers).toBe(0);
});

test('one look is under way at a time, and from its third second on that is silence', async () => {
  const { clock, asked, lookout } = createBench();
  const silences = [];
  for (let second = 1; second <= 4; second += 1) {
    const look = lookout.look();
    await clock.advance(1_000);
    silences.push((await look).silence);
  }
  expect(silences).toEqual([null, null, { ms: 3_000, reason: null }, { ms: 4_000, reason: null }]);
  expect(asked).toHaveLength(1);
});

test('a look that fails is silence with its reason, until one is answered', async () => {
  const { clock, asked, lookout } = createBench();
  const first = watchedSnapshot();
  const failing = lookout.look();
  asked[0]?.resolve(first);
  await failing;
  await clock.advance(2_000);
  const failed = lookout.look();
  asked[1]?.reject(new Error('connection refused'));
  expect(await failed).toEqual({ snapshot: first, silence: { ms: 2_000, reason: 'connection refused' } });
  const answered = lookout.look();
  asked[2]?.resolve(watchedSnapshot({ atMs: 5 }));
  expect(await answered).toMatchObject({ snapshot: { atMs: 5 }, silence: null });
});

test('an abort ends the wait', async () => {
  const { stop, lookout } = createBench();
  const look = lookout.look();
  stop.abort();
  expect(await look).toEqual({ snapshot: null, silence: null });
});
