import type { RunStore } from '../load/run-store.ts';
import type { Snapshot, Target } from '../targets/target.ts';
import type { Clock } from '../tools/clock.ts';
import { findLiveLoad, type LiveLoad } from './live-load.ts';
import { createLookout, type Look, type Silence } from './lookout.ts';
import { eventsBetween, type ServiceEvent } from './service-events.ts';

/** Replicas at one moment. */
export interface WatchedReplicas {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly ready: number;
  /** Neither ready nor ending. */
  readonly starting: number;
  readonly ending: number;
}

/** One moment of a service, of the load on it and of its autoscaler. */
export interface WatchMoment {
  /** Milliseconds since the watch began; never goes back. */
  readonly ms: number;
  /** Milliseconds since the epoch; may jump. */
  readonly atMs: number;
  /** The newest look that was answered; null before the first. */
  readonly snapshot: Snapshot | null;
  /** Since when nobody answers, and why; null when the last look was answered. */
  readonly silence: Silence | null;
  readonly replicas: WatchedReplicas | null;
  /** Requests for prices a second over all replicas that tell; null when none does. */
  readonly requestsPerSecond: number | null;
  /** The load test of this machine that is under way; null when there is none. */
  readonly load: LiveLoad | null;
  /** What happened since the moment before. */
  readonly events: readonly ServiceEvent[];
}

/** What is watched, and how often. */
export interface WatchOptions {
  readonly target: Target;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Ends the watch: the iteration then throws its reason. */
  readonly signal: AbortSignal;
}

/**
 * Moments of a service, one each `everyMs`, until the signal aborts. Neither the end of the service nor a look that fails or hangs ends it: the moments
 * then say since when nobody answers. Holds no more than the moment before.
 */
export async function* watchService(options: WatchOptions): AsyncGenerator<WatchMoment, never> {
  const { clock, everyMs, signal } = options;
  const startedMs = clock.monotonicMs();
  const lookout = createLookout(options);
  let before: Seen = { look: { snapshot: null, silence: null }, load: undefined };
  for (;;) {
    signal.throwIfAborted();
    const beganMs = clock.monotonicMs();
    const [look, load] = await Promise.all([lookout.look(), findLiveLoad(options.runs, options.target.identity).catch(() => undefined)]);
    signal.throwIfAborted();
    const seen = { look, load };
    yield toMoment(before, seen, { ms: Math.round(clock.monotonicMs() - startedMs), atMs: clock.now() });
    before = seen;
    await clock.sleep(Math.max(0, beganMs + everyMs - clock.monotonicMs()), signal);
  }
}

interface Seen {
  readonly look: Look;
  readonly load: LiveLoad | undefined;
}

function toMoment(before: Seen, { look, load }: Seen, time: Pick<WatchMoment, 'ms' | 'atMs'>): WatchMoment {
  const { snapshot, silence } = look;
  const rates = (snapshot?.pods ?? []).flatMap((pod) => pod.requestsPerSecond ?? []);
  return {
    ...time,
    snapshot,
    silence,
    replicas: snapshot && countReplicas(snapshot),
    requestsPerSecond: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    load: load ?? null,
    events: [...lookEvents(before.look, look, time.atMs), ...loadEvents(before.load, load, time.atMs)],
  };
}

function countReplicas({ replicas, pods }: Snapshot): WatchedReplicas {
  const ending = pods.filter((pod) => pod.terminating).length;
  const starting = pods.filter((pod) => !pod.terminating && !pod.ready).length;
  return { ...replicas, starting, ending };
}

function lookEvents(before: Look, after: Look, atMs: number): readonly ServiceEvent[] {
  const changes = before.snapshot === null || after.snapshot === null || before.snapshot === after.snapshot ? [] : eventsBetween(before.snapshot, after.snapshot);
  if (before.silence !== null && after.silence === null) return [{ atMs, kind: 'look', tone: 'good', text: 'answers again' }, ...changes];
  if (before.silence === null && after.silence !== null) {
    const { reason } = after.silence;
    return [{ atMs, kind: 'look', tone: 'bad', text: reason === null ? 'no answer' : `no answer: ${reason}` }];
  }
  return changes;
}

function loadEvents(before: LiveLoad | undefined, after: LiveLoad | undefined, atMs: number): readonly ServiceEvent[] {
  if (before?.id === after?.id) return [];
  const say = (text: string): ServiceEvent => ({ atMs, kind: 'load', tone: 'neutral', text });
  return [
    ...(before === undefined ? [] : [say(`load test ${before.id} ended`)]),
    ...(after === undefined ? [] : [say(`load test ${after.id} is under way (${after.engine} engine)`)]),
  ];
}
