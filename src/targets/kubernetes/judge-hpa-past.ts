import type { KnownPast } from '../../autoscale/outlook.ts';
import type { PastRecommendation, ScaleEvent } from '../../autoscale/state.ts';
import type { HorizontalPodAutoscaler, KubeEvent } from '../../tools/kube-objects.ts';
import { toTimeMs } from './judge-time.ts';

/** One scaling that an event tells of. */
interface ToldScaling {
  readonly atMs: number;
  readonly size: number;
  readonly reason: string;
  /** Times without a moment of their own lie between the first and the last of the event. */
  readonly isExact: boolean;
}

/**
 * What events and status tell of an autoscaler's past. Nobody tells its recommendations; but when metrics made it scale up, it recommended at least
 * that many. `events` is undefined when they may not be read.
 */
export function readPast(autoscaler: HorizontalPodAutoscaler, events: readonly KubeEvent[] | undefined): KnownPast {
  const scaledMs = toTimeMs(autoscaler.status?.lastScaleTime);
  const told = (events ?? []).filter(({ involvedObject, reason }) => reason === 'SuccessfulRescale' && involvedObject.uid === autoscaler.metadata.uid).flatMap((event) => readScalings(event));
  const scalings = told.toSorted((a, b) => a.atMs - b.atMs);
  const changes = scalings.flatMap((scaling, index) => toChange(scaling, scalings[index - 1]));
  return {
    recommendations: findRecommendations(scalings, scaledMs),
    recommendationsSinceMs: null,
    scaleUpEvents: changes.filter(({ isUp }) => isUp).map(({ event }) => event),
    scaleDownEvents: changes.filter(({ isUp }) => !isUp).map(({ event }) => event),
    scalingsSinceMs: findSince(scalings, scaledMs, autoscaler),
  };
}

/** Of several equal events only the first and the last have their times. */
function readScalings({ message, count = 1, firstTimestamp, lastTimestamp, eventTime }: KubeEvent): readonly ToldScaling[] {
  const [, size, reason = ''] = /^New size: (\d+); reason: (.*)$/s.exec(message ?? '') ?? [];
  if (size === undefined) return [];
  const times = [...new Set([toTimeMs(firstTimestamp), toTimeMs(lastTimestamp) ?? toTimeMs(eventTime)])].flatMap((atMs) => atMs ?? []);
  return times.map((atMs) => ({ atMs, size: Number(size), reason, isExact: count <= times.length }));
}

function toChange(scaling: ToldScaling, before: ToldScaling | undefined): readonly { readonly isUp: boolean; readonly event: ScaleEvent }[] {
  if (before === undefined || before.size === scaling.size) return [];
  return [{ isUp: scaling.size > before.size, event: { change: Math.abs(scaling.size - before.size), atMs: scaling.atMs } }];
}

/** The last scaling of all, when metrics asked for it. */
function findRecommendations(scalings: readonly ToldScaling[], scaledMs: number | undefined): readonly PastRecommendation[] {
  const last = scalings.at(-1);
  if (last === undefined || scaledMs === undefined || Math.abs(last.atMs - scaledMs) > 1_500 || !last.reason.endsWith('above target')) return [];
  return [{ replicas: last.size, atMs: last.atMs }];
}

/** Since the last scaling there was none; before it they are known as far as the chain of events reaches without a gap. */
function findSince(scalings: readonly ToldScaling[], scaledMs: number | undefined, { metadata }: HorizontalPodAutoscaler): number | null {
  if (scaledMs === undefined) return toTimeMs(metadata.creationTimestamp) ?? null;
  const last = scalings.at(-1);
  const isTold = last !== undefined && Math.abs(last.atMs - scaledMs) <= 1_500;
  const [first] = scalings;
  return isTold && first !== undefined && scalings.every(({ isExact }) => isExact) ? first.atMs + 1 : scaledMs + 1;
}
