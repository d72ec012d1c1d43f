import type { Snapshot, Target } from '../targets/target.ts';
import type { Clock } from '../tools/clock.ts';

/** One snapshot and when it was taken, in milliseconds since the sampling began. */
export interface SnapshotSample {
  readonly ms: number;
  readonly snapshot: Snapshot;
}

/** Takes a snapshot each second until it is disposed. */
export interface SnapshotSampler extends AsyncDisposable {
  /** All samples so far, oldest first. */
  readonly samples: readonly SnapshotSample[];
  /** The newest sample; undefined before the first. */
  latest(): SnapshotSample | undefined;
}

/** What a sampler looks at. */
export interface SamplerOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly everyMs: number;
}

/** Starts sampling; a snapshot that fails leaves a gap. */
export function startSampling({ target, clock, everyMs }: SamplerOptions): SnapshotSampler {
  const stop = new AbortController();
  const samples: SnapshotSample[] = [];
  const startedAt = clock.monotonicMs();
  const sample = async () => {
    try {
      const snapshot = await target.snapshot(stop.signal);
      samples.push({ ms: Math.round(clock.monotonicMs() - startedAt), snapshot });
    } catch {
      // A gap in the timeline: the service may be restarting.
    }
  };
  const loop = async () => {
    for (let beat = 1; !stop.signal.aborted; beat += 1) {
      await sample();
      await clock.sleep(Math.max(0, startedAt + beat * everyMs - clock.monotonicMs()), stop.signal).catch(() => {});
    }
  };
  const ended = loop();
  return {
    samples,
    latest: () => samples.at(-1),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
