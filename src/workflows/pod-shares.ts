import type { ReportPod } from '../report/report-data.ts';
import type { PodSnapshot } from '../targets/target.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/**
 * What each pod was seen to do, in the order of their coming. Requests are what its counter grew by since the first sample; a pod that came later
 * began at 0, and so does one whose container restarted.
 */
export function podShares(samples: readonly SnapshotSample[]): readonly ReportPod[] {
  const pods = new Map<string, Followed>();
  for (const [index, { ms, snapshot }] of samples.entries()) {
    for (const pod of snapshot.pods) pods.set(pod.name, follow(pods.get(pod.name) ?? begin(pod, ms, index === 0), pod, ms));
  }
  return Array.from(pods.values(), ({ seen }) => seen);
}

/** A pod with the last state of its counter. */
interface Followed {
  readonly seen: ReportPod;
  readonly counter: number;
}

function begin({ name, requests }: PodSnapshot, ms: number, isFirst: boolean): Followed {
  const seen = { name, firstMs: ms, lastMs: ms, readyMs: null, requests: null, restarts: 0 };
  return { seen, counter: isFirst ? (requests ?? 0) : 0 };
}

function follow({ seen, counter: before }: Followed, pod: PodSnapshot, ms: number): Followed {
  const counter = pod.requests ?? before;
  const more = counter < before ? counter : counter - before;
  return {
    seen: {
      ...seen,
      lastMs: ms,
      readyMs: seen.readyMs ?? (pod.ready ? ms : null),
      requests: pod.requests === null ? seen.requests : (seen.requests ?? 0) + more,
      restarts: Math.max(seen.restarts, pod.restarts),
    },
    counter,
  };
}
