import type { RecordedLook } from './replay-look.ts';
import type { RecordedSync } from './replay-syncs.ts';

/** How long a new replica takes until it is ready. */
export interface Startup {
  readonly ms: number;
  /** How many scale-outs it was taken from; with none it is assumed. */
  readonly scaleOuts: number;
}

/** Taken when a recording has no scale-out: a Node process with a short price list, image on the node. */
const assumedStartupMs = 2_000;

/** The median time from a decision for more replicas to the snapshot in which they are ready. Snapshots are a second apart, and so is the error. */
export function findStartup(looks: readonly RecordedLook[], syncs: readonly RecordedSync[]): Startup {
  const times = syncs.flatMap(({ ms, outcome }) => {
    if (outcome === null || outcome.desiredReplicas <= outcome.currentReplicas) return [];
    const after = looks.filter((look) => look.ms >= ms);
    const ended = after.findIndex((look) => look.ready >= outcome.desiredReplicas || look.desired < outcome.desiredReplicas);
    const ready = after[ended];
    return ready === undefined || ready.desired < outcome.desiredReplicas ? [] : [ready.ms - ms];
  });
  const ms = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  return { ms: ms ?? assumedStartupMs, scaleOuts: times.length };
}
