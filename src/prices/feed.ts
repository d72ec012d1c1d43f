import { type Clock, systemClock } from '../tools/clock.ts';
import { type DownloadLimits, downloadLimits } from './download.ts';
import { FileWatch } from './file-watch.ts';
import { type FeedContext, findFirstTable, Follower, type PriceFeedObserver } from './follow.ts';
import { describePriceSource, parsePriceSource } from './source.ts';
import type { PriceTable } from './table.ts';
import { UrlWatch } from './url-watch.ts';

/** How to follow prices. */
export interface PriceFeedOptions {
  /** Ends the feed. */
  readonly signal: AbortSignal;
  /** How often a file is looked at, or a URL asked, in ms. */
  readonly pollIntervalMs: number;
  readonly limits?: DownloadLimits;
  readonly clock?: Clock;
  /** A number from 0 to 1, for the jitter of pauses. */
  readonly random?: () => number;
}

/** Prices that are followed. Disposing of it ends that and waits until nothing of it is left; the tables stay. */
export interface PriceFeed extends AsyncDisposable {
  /** The first table. */
  readonly table: PriceTable;
}

/**
 * Reads prices from a file or a URL, and follows them until the signal aborts. Tables are built in a thread of their own, one at a time.
 * A file is read after it stood still for 500 ms, at the start too unless it is older than 5 s.
 *
 * Throws what `parsePriceSource` and `loadPriceTable` throw when there is no first table; a download that failed for a reason that may pass is
 * tried three times.
 */
export async function openPriceFeed(source: string, options: PriceFeedOptions, observer: PriceFeedObserver): Promise<PriceFeed> {
  const { clock = systemClock, limits = downloadLimits, random = Math.random, pollIntervalMs } = options;
  const parsed = parsePriceSource(source);
  const label = describePriceSource(parsed);
  const controller = new AbortController();
  const context: FeedContext = {
    watch: parsed.kind === 'file' ? new FileWatch(parsed.path, label, clock) : new UrlWatch(parsed.url, limits),
    label,
    clock,
    random,
    pollIntervalMs,
    signal: AbortSignal.any([options.signal, controller.signal]),
  };
  const table = await findFirstTable(context);
  const ended = new Follower(context, table, observer).run();
  return {
    table,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await ended;
    },
  };
}
