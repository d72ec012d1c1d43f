import type { Clock } from '../tools/clock.ts';
import { PricectlError } from '../tools/errors.ts';
import { type BuiltTable, buildTable } from './build-table.ts';
import { PricesDownloadError, PricesInvalidError } from './errors.ts';
import { stillMs } from './file-watch.ts';
import type { IndexedPriceTable } from './indexed-table.ts';
import { failurePause, pollPause } from './pause.ts';
import { changingCode } from './read-price-file.ts';
import type { Look, SourceWatch } from './source-watch.ts';
import type { PriceTable } from './table.ts';

/** How long a table that was replaced still answers, in ms, for whoever holds it at this moment. */
const replacedMs = 1_000;

/** Pause between looks at a file that isn't to be read yet, in ms, unless the poll interval is shorter. */
const unsettledPauseMs = stillMs / 5;

/** How often a first table is tried for when the failure may pass. */
const firstAttempts = 3;

/** What following needs. */
export interface FeedContext {
  readonly watch: SourceWatch;
  /** How messages name the source. */
  readonly label: string;
  readonly clock: Clock;
  /** A number from 0 to 1, for the jitter of pauses. */
  readonly random: () => number;
  readonly pollIntervalMs: number;
  readonly signal: AbortSignal;
}

/** What a feed tells. Functions that throw end the process: that is a bug of theirs. */
export interface PriceFeedObserver {
  /**
   * There is a new table, which is to take the place of the old one. The old one answers for a second more, then its memory is freed and it
   * throws: so who looks up asks for the table each time.
   */
  onLoaded(table: PriceTable): void;
  /**
   * New prices are no good, or the source can't be read; the old table stays. Told once for each bad content, and once for a problem that
   * goes on. PricectlError, unless it is a bug.
   */
  onRejected(error: Error): void;
  /** The source was read or asked anew, and has what it had. */
  onUnchanged(): void;
}

/** The first table. Throws why there is none to be had. */
export async function findFirstTable(context: FeedContext): Promise<IndexedPriceTable> {
  const { clock, signal, pollIntervalMs } = context;
  for (let failures = 0; ; ) {
    signal.throwIfAborted();
    let pauseMs = Math.min(unsettledPauseMs, pollIntervalMs);
    try {
      const found = await findTable(context, undefined);
      if (typeof found !== 'string') {
        await found.end();
        return found.table;
      }
    } catch (error) {
      failures += 1;
      if (signal.aborted || !isPassing(error) || failures === firstAttempts) throw error;
      pauseMs = pauseAfter(error, failures, context);
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** Replaces a table by newer ones until the signal aborts. */
export class Follower {
  readonly #context: FeedContext;
  readonly #observer: PriceFeedObserver;
  #table: IndexedPriceTable;
  #failures = 0;
  /** The problem that was told last and may still be there. */
  #told: string | undefined;

  constructor(context: FeedContext, first: IndexedPriceTable, observer: PriceFeedObserver) {
    this.#context = context;
    this.#table = first;
    this.#observer = observer;
  }

  /** Resolves after the signal's abort, when nothing of the work is left. */
  async run(): Promise<void> {
    const { clock, signal, pollIntervalMs, random } = this.#context;
    try {
      for (let pauseMs = pollPause(pollIntervalMs, random); ; pauseMs = await this.#step()) await clock.sleep(pauseMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Looks once, and returns the pause until the next look. */
  async #step(): Promise<number> {
    const { signal, pollIntervalMs, random } = this.#context;
    let found: Awaited<ReturnType<typeof findTable>>;
    try {
      found = await findTable(this.#context, this.#table.sha256);
    } catch (error) {
      signal.throwIfAborted();
      this.#failures += 1;
      this.#tell(error);
      return pauseAfter(error, this.#failures, this.#context);
    }
    if (found === 'unsettled') return Math.min(unsettledPauseMs, pollIntervalMs);
    this.#failures = 0;
    if (found !== 'none') await this.#take(found);
    return pollPause(pollIntervalMs, random);
  }

  async #take(found: BuiltTable | 'unchanged'): Promise<void> {
    this.#told = undefined;
    if (found === 'unchanged') {
      this.#observer.onUnchanged();
      return;
    }
    const { clock, signal } = this.#context;
    const replaced = this.#table;
    this.#table = found.table;
    try {
      this.#observer.onLoaded(found.table);
      await clock.sleep(replacedMs, signal);
    } finally {
      await found.end(replaced);
    }
  }

  #tell(error: unknown): void {
    const problem = error instanceof Error ? error : new Error(String(error));
    if (problem.message === this.#told && !(problem instanceof PricesInvalidError)) return;
    this.#told = problem.message;
    this.#observer.onRejected(problem);
  }
}

/** Looks at the source once, and builds a table of what is new there. */
async function findTable(
  { watch, label, signal }: FeedContext,
  knownSha256: string | undefined,
): Promise<BuiltTable | Exclude<Look['kind'], 'candidate'>> {
  const look = await watch.look(signal);
  if (look.kind !== 'candidate') return look.kind;
  try {
    const built = await buildTable({ input: look.input, label, knownSha256 }, signal);
    look.settle();
    return built ?? 'unchanged';
  } catch (error) {
    if (error instanceof PricesInvalidError) look.settle();
    throw error;
  }
}

/** Whether the same look may succeed a little later. */
function isPassing(error: unknown): boolean {
  if (error instanceof PricesDownloadError) return error.isTransient;
  return error instanceof PricectlError && error.code === changingCode;
}

function pauseAfter(error: unknown, failures: number, { pollIntervalMs: intervalMs, random }: FeedContext): number {
  const retryAfterMs = error instanceof PricesDownloadError ? error.retryAfterMs : null;
  return failurePause({ intervalMs, failures, retryAfterMs, random });
}
