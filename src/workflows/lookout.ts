import type { Snapshot, Target } from '../targets/target.ts';
import type { Clock } from '../tools/clock.ts';

/** A time without an answer. */
export interface Silence {
  /** How long, in milliseconds. */
  readonly ms: number;
  /** What the last look ended with; null while one is still under way. */
  readonly reason: string | null;
}

/** What is known after a look. */
export interface Look {
  readonly snapshot: Snapshot | null;
  readonly silence: Silence | null;
}

/** Looks at a service without ever waiting long. */
export interface Lookout {
  /** Takes a snapshot; after `everyMs` says what it knows without it, and the next call waits on. Throws nothing; ends soon after an abort. */
  look(): Promise<Look>;
}

/** What a lookout looks at. */
export interface LookoutOptions {
  readonly target: Pick<Target, 'snapshot'>;
  readonly clock: Clock;
  /** How long one call of `look` waits. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** After this long a look is given up, and the next one begins. */
const longestLookMs = 10_000;

/** A look under way is no silence before this long: one at a cluster takes its time. */
const patienceMs = 3_000;

type Outcome = { readonly snapshot: Snapshot } | { readonly reason: string };

/** Creates a lookout: at most one snapshot is under way at any time. */
export function createLookout({ target, clock, everyMs, signal }: LookoutOptions): Lookout {
  let last: Snapshot | null = null;
  let answeredMs = clock.monotonicMs();
  let reason: string | null = null;
  let underWay: Promise<Outcome> | undefined;

  const take = async (): Promise<Outcome> => {
    const limit = AbortSignal.timeout(longestLookMs);
    try {
      return { snapshot: await target.snapshot(AbortSignal.any([signal, limit])) };
    } catch (error) {
      if (limit.aborted) return { reason: `a look took longer than ${longestLookMs / 1_000} s` };
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  };

  return {
    async look() {
      underWay ??= take();
      const outcome = await within(underWay, { clock, everyMs, signal });
      if (outcome !== undefined) underWay = undefined;
      if (outcome !== undefined && 'snapshot' in outcome) {
        answeredMs = clock.monotonicMs();
        reason = null;
        last = outcome.snapshot;
        return { snapshot: last, silence: null };
      }
      reason = outcome?.reason ?? reason;
      const ms = Math.round(clock.monotonicMs() - answeredMs);
      return { snapshot: last, silence: reason === null && ms < patienceMs ? null : { ms, reason } };
    },
  };
}

/** What a promise that never rejects resolves to; undefined when it isn't there after `everyMs`, or on abort. */
async function within<T>(promise: Promise<T>, { clock, everyMs, signal }: Pick<LookoutOptions, 'clock' | 'everyMs' | 'signal'>): Promise<T | undefined> {
  const arrived = new AbortController();
  const pause = clock.sleep(everyMs, AbortSignal.any([signal, arrived.signal])).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, pause]);
  } finally {
    arrived.abort();
  }
}
