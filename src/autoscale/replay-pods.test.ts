import { expect, test } from 'vitest';
import { DEFAULT_READINESS_DELAYS, groupPods, type GroupedPod } from './pods.ts';
import { NOW_MS } from './pods.fixture.ts';
import { toPodSample } from './replay-pods.ts';

const cpu = { millicores: 40, timestampMs: NOW_MS - 500, windowMs: 2_000 };
const base = { name: 'a', cpu, cpuRequestMillicores: 100 };

test.each<[GroupedPod]>([
  [{ ...base, group: 'ready', reason: 'counted' }],
  [{ ...base, group: 'ignored', reason: 'terminating' }],
  [{ ...base, group: 'ignored', reason: 'failed' }],
  [{ ...base, group: 'unready', reason: 'pending' }],
  [{ ...base, cpu: null, group: 'missing', reason: 'no-metric' }],
  [{ ...base, group: 'unready', reason: 'not-ready' }],
  [{ ...base, group: 'unready', reason: 'readiness-unknown' }],
  [{ ...base, group: 'unready', reason: 'warming-up' }],
])('a pod that is made of its group falls into it: %j', (pod) => {
  expect(groupPods([toPodSample(pod, NOW_MS)], NOW_MS, DEFAULT_READINESS_DELAYS)).toEqual([pod]);
});
