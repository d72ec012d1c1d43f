import type { Decision } from './decision.ts';
import type { GroupedPod, PodSample } from './pods.ts';
import type { RecordedLook } from './replay-look.ts';
import { toPodSample } from './replay-pods.ts';

/** One look of the autoscaler, as recorded. */
export interface RecordedSync {
  /** Since the load began. */
  readonly ms: number;
  /** By the service's clock, which may have jumped. */
  readonly atMs: number;
  /** Null when it was not seen and is only known to have taken place. */
  readonly outcome: RecordedOutcome | null;
  /** Age of the newest metric that it saw; null when there was none. */
  readonly metricAgeMs: number | null;
  /** The snapshot that shows it. */
  readonly look: RecordedLook;
}

/** What one look led to, and from what. */
export interface RecordedOutcome {
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** Pods as it saw them, by their groups; null when it didn't look at them. */
  readonly pods: readonly PodSample[] | null;
  /** A recommendation of before the recording that it went by. */
  readonly heldBy: { readonly replicas: number; readonly atMs: number } | null;
}

/** Longer than this many periods after the one before, and one in between was not seen. */
const missedAfterPeriods = 1.6;

/**
 * The looks of the autoscaler in order of time. The emulated one tells each with its moment. Kubernetes' own tells no moments: a look is taken to have
 * been where its status changes, and about every period in between.
 */
export function findSyncs(kind: 'emulated' | 'kubernetes', looks: readonly RecordedLook[], periodMs: number): readonly RecordedSync[] {
  const seen = kind === 'emulated' ? findToldSyncs(looks, periodMs) : findStatusChanges(looks);
  return seen.flatMap((sync, index) => {
    const before = seen[index - 1];
    const gapMs = before === undefined ? 0 : sync.ms - before.ms;
    return before === undefined || gapMs <= missedAfterPeriods * periodMs ? [sync] : [...fillGap(before, sync, { kind, looks, periodMs }), sync];
  });
}

function findToldSyncs(looks: readonly RecordedLook[], periodMs: number): readonly RecordedSync[] {
  const syncs: RecordedSync[] = [];
  let previous: RecordedLook | undefined;
  let lastAtMs: number | undefined;
  for (const look of looks) {
    const { decision } = look;
    if (decision !== null && decision.atMs !== lastAtMs) {
      lastAtMs = decision.atMs;
      // A clock that jumped in between tells a wrong age.
      const earliestMs = Math.max(previous?.ms ?? look.ms - periodMs, (syncs.at(-1)?.ms ?? -Infinity) + 1);
      const ms = Math.min(Math.max(look.ms - Math.max(0, look.atMs - decision.atMs), earliestMs), Math.max(look.ms, earliestMs));
      syncs.push(toSync(look, decision, ms));
    }
    previous = look;
  }
  return syncs;
}

function findStatusChanges(looks: readonly RecordedLook[]): readonly RecordedSync[] {
  const known = looks.filter((look) => look.decision !== null);
  return known.flatMap((look, index) => {
    const before = known[index - 1];
    if (look.decision === null || (before !== undefined && statusOf(before) === statusOf(look))) return [];
    return [toSync(look, look.decision, look.ms)];
  });
}

/** What changes only when the autoscaler has looked. */
function statusOf({ decision }: RecordedLook): string {
  if (decision === null) return '';
  const percent = decision.kind === 'computed' ? decision.recommendation.utilization.percent : null;
  return `${decision.currentReplicas} ${decision.desiredReplicas} ${percent}`;
}

function toSync(look: RecordedLook, decision: Decision, ms: number): RecordedSync {
  const grouped = decision.kind === 'computed' || decision.kind === 'failed' ? decision.recommendation.pods : null;
  const outcome: RecordedOutcome = {
    currentReplicas: decision.currentReplicas,
    desiredReplicas: decision.desiredReplicas,
    pods: grouped?.map((pod) => toPodSample(pod, decision.atMs)) ?? null,
    heldBy: decision.kind === 'computed' ? decision.stabilization.heldBy : null,
  };
  return { ms, atMs: decision.atMs, outcome, metricAgeMs: newestAge(grouped ?? [], decision.atMs), look };
}

function newestAge(pods: readonly GroupedPod[], atMs: number): number | null {
  const newest = pods.reduce((latest, { cpu }) => Math.max(latest, cpu?.timestampMs ?? -Infinity), -Infinity);
  return newest === -Infinity ? null : Math.max(0, atMs - newest);
}

interface Gaps {
  readonly kind: 'emulated' | 'kubernetes';
  readonly looks: readonly RecordedLook[];
  readonly periodMs: number;
}

/** Looks that must have been between two that were seen. Those of Kubernetes changed nothing, or its status would have. */
function fillGap(before: RecordedSync, after: RecordedSync, { kind, looks, periodMs }: Gaps): readonly RecordedSync[] {
  const parts = Math.round((after.ms - before.ms) / periodMs);
  return Array.from({ length: parts - 1 }, (_, index): RecordedSync => {
    const ms = before.ms + ((after.ms - before.ms) * (index + 1)) / parts;
    const look = looks.findLast((other) => other.ms <= ms) ?? before.look;
    if (kind === 'kubernetes' && look.decision !== null) return { ...toSync(look, look.decision, ms), atMs: look.atMs };
    return { ms, atMs: before.atMs + (ms - before.ms), outcome: null, metricAgeMs: null, look };
  });
}
