import type { Snapshot } from '../targets/target.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** A sample of a local service with three replicas, with parts of its snapshot replaced. */
export function sampleAt(ms: number, changes: Partial<Snapshot> = {}): SnapshotSample {
  const snapshot: Snapshot = {
    atMs: 1_764_000_000_000 + ms,
    state: 'ready',
    identity: { target: 'local', context: null, namespace: 'pricectl', name: 'price-api' },
    url: 'http://127.0.0.1:8080',
    image: null,
    replicas: { min: 3, max: 10, desired: 3, ready: 3 },
    autoscaler: {
      kind: 'emulated', cpuPercent: 40, cpuTarget: 50, explanation: 'keeps 3', tolerance: { scaleUp: 0.1, scaleDown: 0.2 }, metricAgeMs: 500, nextSyncAtMs: null, decision: null,
    },
    pods: [],
    prices: { rows: 4, bytes: 41, sha256: 'e3262b' },
    problem: null,
    ...changes,
  };
  return { ms, snapshot };
}
