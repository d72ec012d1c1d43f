import type { LoadProgress } from '../load/engine.ts';
import type { SnapshotSample } from '../workflows/snapshot-sampler.ts';
import { createLiveView, type LiveDisplay } from './live-view.ts';

/** Follows a load test on the screen. */
export interface LoadDisplay {
  readonly onProgress: (progress: LoadProgress, latest: SnapshotSample | undefined) => void;
  readonly end: () => void;
}

/** A display of a load test of `totalMs`; null when its length isn't known. */
export async function createLoadDisplay(display: LiveDisplay, totalMs: number | null): Promise<LoadDisplay> {
  const view = await createLiveView(display);
  let readyAtStart: number | undefined;
  return {
    onProgress(progress, latest) {
      const snapshot = latest?.snapshot;
      readyAtStart ??= snapshot?.replicas.ready;
      view.show({ progress, totalMs, snapshot, readyAtStart });
    },
    end: () => view.end(),
  };
}
