import { expect, test } from 'vitest';
import { DEFAULT_READINESS_DELAYS, groupPods } from './pods.ts';
import type { PodGroup, PodGroupReason, PodSample } from './pods.ts';
import { failedPod, NOW_MS, neverReadyPod, pendingPod, settledPod, terminatingPod, unmeasuredPod } from './pods.fixture.ts';

/** A measured pod, `age` ms old, whose readiness became `status` at the age of `changedAt` ms; metric of now over `windowMs`. */
function pod(age: number, status: 'True' | 'False' | 'Unknown', changedAt: number, windowMs = 30_000): PodSample {
  const startTimeMs = NOW_MS - age;
  return settledPod(1, 100, {
    startTimeMs,
    readyCondition: { status, lastTransitionMs: startTimeMs + changedAt },
    cpu: { millicores: 1, timestampMs: NOW_MS, windowMs },
  });
}

// The substance of Kubernetes' TestGroupPods (pkg/controller/podautoscaler/replica_calculator_test.go), and the edges of its rules.
test.for<[string, PodSample, PodGroup, PodGroupReason]>([
  ['ready for long', pod(600_000, 'True', 2_000), 'ready', 'counted'],
  ['on its way out', terminatingPod(500), 'ignored', 'terminating'],
  ['on its way out and failed', { ...failedPod(), terminating: true }, 'ignored', 'terminating'],
  ['failed with a metric', settledPod(1, 100, { phase: 'Failed' }), 'ignored', 'failed'],
  ['pending', pendingPod(), 'unready', 'pending'],
  ['pending with a metric', settledPod(1, 100, { phase: 'Pending' }), 'unready', 'pending'],
  ['without metric', unmeasuredPod(), 'missing', 'no-metric'],
  ['ended well, with a metric', settledPod(1, 100, { phase: 'Succeeded' }), 'ready', 'counted'],
  ['without metric and readiness', { ...unmeasuredPod(), readyCondition: null }, 'missing', 'no-metric'],
  ['never reported readiness', settledPod(1, 100, { readyCondition: null }), 'unready', 'readiness-unknown'],
  ['never reported its start', settledPod(1, 100, { startTimeMs: null }), 'unready', 'readiness-unknown'],

  ['young, ready for more than a window', pod(60_000, 'True', 29_000), 'ready', 'counted'],
  ['young, ready for exactly a window', pod(60_000, 'True', 30_000), 'ready', 'counted'],
  ['young, ready for less than a window', pod(60_000, 'True', 30_001), 'unready', 'warming-up'],
  ['young, window longer than it is ready', pod(60_000, 'True', 30_000, 60_000), 'unready', 'warming-up'],
  ['young and not ready', pod(60_000, 'False', 5_000), 'unready', 'not-ready'],
  ['young and of unknown status for a window', pod(60_000, 'Unknown', 5_000), 'ready', 'counted'],

  ['5 min old, metric older than its readiness', pod(300_000, 'True', 299_000), 'ready', 'counted'],
  ['a millisecond younger than 5 min', pod(299_999, 'True', 299_000), 'unready', 'warming-up'],
  ['old, not ready, was ready once', pod(600_000, 'False', 60_000), 'ready', 'counted'],
  ['old, not ready since just under 30 s after its start', pod(600_000, 'False', 29_999), 'unready', 'not-ready'],
  ['old, not ready since 30 s after its start', pod(600_000, 'False', 30_000), 'ready', 'counted'],
  ['old, unknown since its start', pod(600_000, 'Unknown', 0), 'ready', 'counted'],
  ['old and never ready', neverReadyPod(1), 'unready', 'not-ready'],
])('%s', ([, sample, group, reason]) => {
  expect(groupPods([sample], NOW_MS, DEFAULT_READINESS_DELAYS)).toMatchObject([{ group, reason }]);
});

test('keeps order, name and numbers of every pod', () => {
  const pods = [settledPod(7, 100, { name: 'a' }), pendingPod(50), { ...unmeasuredPod(), name: 'c' }];
  const grouped = groupPods(pods, NOW_MS, DEFAULT_READINESS_DELAYS);
  expect(grouped.map(({ name, group }) => `${name} ${group}`)).toEqual(['a ready', 'pending unready', 'c missing']);
  expect(grouped.map((pod) => pod.cpuRequestMillicores)).toEqual([100, 50, 1000]);
  expect(grouped[0]?.cpu?.millicores).toBe(7);
});

test('the delays are the controller\'s flags', () => {
  const delays = { cpuInitializationPeriodMs: 1_000, initialReadinessDelayMs: 61_000 };
  expect(groupPods([pod(2_000, 'True', 1_999)], NOW_MS, delays)).toMatchObject([{ group: 'ready' }]);
  expect(groupPods([pod(600_000, 'False', 60_000)], NOW_MS, delays)).toMatchObject([{ reason: 'not-ready' }]);
});
