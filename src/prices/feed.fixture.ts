import { setTimeout as delay } from 'node:timers/promises';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import type { Clock } from '../tools/clock.ts';
import { openPriceFeed, type PriceFeed, type PriceFeedOptions } from './feed.ts';
import type { PriceTable } from './table.ts';

/** A feed under test, and all that it told. */
export interface WatchedFeed extends PriceFeed {
  readonly loaded: PriceTable[];
  readonly rejected: Error[];
  readonly counts: { unchanged: number };
  /** The table that a server would answer from. */
  current(): PriceTable;
}

/** Opens a feed on a clock that passes as fast as the feed sleeps on it. */
export async function openFeed(source: string, options: Partial<PriceFeedOptions> = {}): Promise<WatchedFeed> {
  const loaded: PriceTable[] = [];
  const rejected: Error[] = [];
  const counts = { unchanged: 0 };
  const feed = await openPriceFeed(
    source,
    { signal: new AbortController().signal, pollIntervalMs: 1_000, clock: createSteppedClock(() => delay(2)), random: () => 0.5, ...options },
    {
      onLoaded: (table) => loaded.push(table),
      onRejected: (error) => rejected.push(error),
      onUnchanged() {
        counts.unchanged += 1;
      },
    },
  );
  return { ...feed, [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](), loaded, rejected, counts, current: () => loaded.at(-1) ?? feed.table };
}

/** A clock that does something at each sleep, before time has moved on by it. */
export function createSteppedClock(step: (ms: number) => Promise<unknown>, startMs = Date.now()): Clock {
  const clock = createFakeClock(startMs);
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    async sleep(ms, signal) {
      await step(ms);
      await clock.sleep(ms, signal);
    },
  };
}
