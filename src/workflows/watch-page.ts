import type { PodSnapshot, Snapshot } from '../targets/target.ts';
import type { ServiceEvent } from './service-events.ts';
import { toWatchPoint, type WatchPoint } from './watch-history.ts';
import { cpuRequests, decisionWords, metricAgeMs, toleranceBand } from './watch-words.ts';
import type { WatchMoment } from './watch.ts';

/** One replica as the page shows it; null is unknown. */
export interface PagePod extends Pick<PodSnapshot, 'name' | 'cpuMillicores' | 'memoryBytes' | 'requestsPerSecond' | 'restarts' | 'problem'> {
  readonly state: 'ready' | 'starting' | 'ending';
  /** CPU in percent of the request. */
  readonly cpuPercent: number | null;
}

/** All that the page shows of one moment beside its charts; null is unknown. */
export interface PageFrame extends Pick<WatchMoment, 'ms' | 'atMs' | 'silence' | 'replicas' | 'requestsPerSecond' | 'load'> {
  readonly service: Pick<Snapshot, 'identity' | 'state' | 'url' | 'problem'> | null;
  readonly cpu: {
    readonly percent: number | null;
    readonly target: number;
    readonly band: { readonly low: number; readonly high: number } | null;
    readonly metricAgeMs: number | null;
  } | null;
  readonly autoscaler: { readonly kind: 'kubernetes' | 'emulated'; readonly words: string } | null;
  readonly pods: readonly PagePod[];
  /** Replicas that are not in `pods`. */
  readonly morePods: number;
}

/** A page's pods end here: no screen shows more. */
const mostPods = 200;

/** A moment as the page shows it. */
export function toPageFrame(moment: WatchMoment): PageFrame {
  const { ms, atMs, snapshot, silence, replicas, requestsPerSecond, load } = moment;
  const requests = cpuRequests(moment);
  const isThere = snapshot !== null && snapshot.replicas.max > 0;
  return {
    ms,
    atMs,
    silence,
    requestsPerSecond,
    load,
    replicas: isThere ? replicas : null,
    service: snapshot && { identity: snapshot.identity, state: snapshot.state, url: snapshot.url, problem: snapshot.problem },
    cpu: isThere
      ? { percent: snapshot.autoscaler.cpuPercent, target: snapshot.autoscaler.cpuTarget, band: toleranceBand(moment), metricAgeMs: metricAgeMs(moment) }
      : null,
    autoscaler: isThere ? { kind: snapshot.autoscaler.kind, words: decisionWords(moment) } : null,
    pods: (snapshot?.pods ?? []).slice(0, mostPods).map((pod) => toPagePod(pod, requests)),
    morePods: Math.max(0, (snapshot?.pods.length ?? 0) - mostPods),
  };
}

function toPagePod({ name, ready, terminating, cpuMillicores, memoryBytes, requestsPerSecond, restarts, problem }: PodSnapshot, requests: ReadonlyMap<string, number>): PagePod {
  const request = requests.get(name) ?? requests.values().next().value;
  const cpuPercent = cpuMillicores === null || !request ? null : (cpuMillicores * 100) / request;
  const state = terminating ? 'ending' : ready ? 'ready' : 'starting';
  return { name, state, cpuPercent, cpuMillicores, memoryBytes, requestsPerSecond, restarts, problem };
}

/** A message to the page: the newest frame, and the points and events that it has not seen. */
export interface PageMessage {
  /** Whether points and events are all there is, to take the place of what the page has. */
  readonly isWhole: boolean;
  /** When the points' time begins, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly frame: PageFrame;
  readonly points: readonly WatchPoint[];
  readonly events: readonly ServiceEvent[];
}

/** A message and its number in the stream. */
export interface FeedEvent {
  readonly id: string;
  readonly name: 'moments';
  readonly data: string;
}

/** What pages are told, and what one needs that comes late or comes back. */
export interface PageFeed {
  /** Takes a moment and returns what to tell pages of it. */
  add(moment: WatchMoment): FeedEvent;
  /** What a page has missed since the event of this id; all that is kept for an id of another stream, or none. */
  backlog(lastEventId: string | undefined): readonly FeedEvent[];
}

/** What is kept for pages: an hour at a moment a second. */
const kept = { points: 3_600, events: 200 };

interface Entry {
  readonly number: number;
  readonly point: WatchPoint;
  readonly events: readonly ServiceEvent[];
}

/** Creates a feed; `stream` tells its ids from those of another. It never grows beyond an hour's moments. */
export function createPageFeed(stream: string): PageFeed {
  const entries: Entry[] = [];
  let startedAtMs: number | undefined;
  let frame: PageFrame | undefined;
  const message = (since: readonly Entry[], isWhole: boolean): readonly FeedEvent[] => {
    const last = since.at(-1);
    if (last === undefined || frame === undefined || startedAtMs === undefined) return [];
    const points = since.map(({ point }) => point);
    const events = since.flatMap((entry) => entry.events).slice(-kept.events);
    return [{ id: `${stream}-${last.number}`, name: 'moments', data: JSON.stringify({ isWhole, startedAtMs, frame, points, events } satisfies PageMessage) }];
  };
  return {
    add(moment) {
      startedAtMs ??= moment.atMs - moment.ms;
      frame = toPageFrame(moment);
      const entry = { number: (entries.at(-1)?.number ?? 0) + 1, point: toWatchPoint(moment), events: moment.events };
      entries.push(entry);
      if (entries.length > kept.points) entries.shift();
      const [event] = message([entry], false);
      if (event === undefined) throw new Error('a moment that was added makes no message');
      return event;
    },
    backlog(lastEventId) {
      const [, seen] = lastEventId?.startsWith(`${stream}-`) ? lastEventId.slice(stream.length).split('-') : [];
      const since = entries.findIndex(({ number }) => String(number) === seen);
      return since === -1 ? message(entries, true) : message(entries.slice(since + 1), false);
    },
  };
}
