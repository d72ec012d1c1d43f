import { describe, expect, test } from 'vitest';
import { failedPod, freshPod, NOW_MS, neverReadyPod, pendingPod, settledPod, terminatingPod, unmeasuredPod } from './pods.fixture.ts';
import type { PodSample } from './pods.ts';
import { recommendReplicas } from './recommend.ts';
import type { ComputedRecommendation, KeptBy, MetricFailure, Recommendation, Tolerance } from './recommend.ts';

const TEN_PERCENT: Tolerance = { scaleUp: 0.1, scaleDown: 0.1 };

function recommend(currentReplicas: number, cpuTarget: number, pods: readonly PodSample[], tolerance = TEN_PERCENT): Recommendation {
  return recommendReplicas({ nowMs: NOW_MS, currentReplicas, cpuTarget, pods }, tolerance);
}

function compute(...args: Parameters<typeof recommend>): ComputedRecommendation {
  const recommendation = recommend(...args);
  if (recommendation.kind !== 'computed') throw new Error(`no recommendation: ${recommendation.failure}`);
  return recommendation;
}

/** Ready pods with these CPU readings, each requesting a core. */
const ready = (...millicores: number[]): PodSample[] => millicores.map((cpu) => settledPod(cpu));

interface Case {
  readonly name: string;
  readonly current: number;
  readonly target: number;
  readonly pods: readonly PodSample[];
  readonly tolerance?: Tolerance;
  readonly wants: number;
  readonly percent: number;
  readonly keptBy?: KeptBy;
}

// The substance of the CPU cases of Kubernetes' pkg/controller/podautoscaler/replica_calculator_test.go.
describe('Kubernetes\' own cases', () => {
  test.for<Case>([
    { name: 'up in proportion to the utilisation', current: 3, target: 30, pods: ready(300, 500, 700), wants: 5, percent: 50 },
    { name: 'up by less when one is not ready', current: 3, target: 30, pods: [neverReadyPod(300), ...ready(500, 700)], wants: 4, percent: 60 },
    { name: 'up by less when one just started', current: 3, target: 30, pods: [freshPod(300), ...ready(500, 700)], wants: 4, percent: 60 },
    {
      name: 'no step up when the unready ones, counted as idle, turn it into a step down',
      current: 3,
      target: 30,
      pods: [...ready(400), neverReadyPod(500), neverReadyPod(700)],
      wants: 3,
      percent: 40,
      keptBy: 'direction',
    },
    {
      name: 'the same when they just started',
      current: 3,
      target: 30,
      pods: [...ready(400), freshPod(500), freshPod(700)],
      wants: 3,
      percent: 40,
      keptBy: 'direction',
    },
    { name: 'up, failed pods do not matter', current: 2, target: 30, pods: [...ready(500, 700), failedPod(), failedPod()], wants: 4, percent: 60 },
    {
      name: 'up, ending pods do not matter',
      current: 2,
      target: 30,
      pods: [...ready(500, 700), terminatingPod(0), terminatingPod(9000)],
      wants: 4,
      percent: 60,
    },
    { name: 'down in proportion', current: 5, target: 50, pods: ready(100, 300, 500, 250, 250), wants: 3, percent: 28 },
    {
      name: 'down without those that are not ready',
      current: 5,
      target: 50,
      pods: [...ready(100, 300, 500), neverReadyPod(250), neverReadyPod(250)],
      wants: 2,
      percent: 30,
    },
    {
      name: 'down without those that just started',
      current: 5, target: 50, pods: [...ready(100, 300, 500), freshPod(250), freshPod(250)], wants: 2, percent: 30,
    },
    {
      name: 'down without those that have no place yet',
      current: 5,
      target: 50,
      pods: [...ready(100), pendingPod(), pendingPod(), pendingPod(), pendingPod()],
      wants: 1,
      percent: 10,
    },
    {
      name: 'down, failed pods do not matter',
      current: 5, target: 50, pods: [...ready(100, 300, 500, 250, 250), failedPod()], wants: 3, percent: 28,
    },
    {
      name: 'down, ending pods do not matter',
      current: 5, target: 50, pods: [...ready(100, 300, 500, 250, 250), terminatingPod(999)], wants: 3, percent: 28,
    },
    {
      name: 'one pod there of four that there shall be: the wish comes from the one',
      current: 4,
      target: 50,
      pods: [settledPod(200, 200)],
      wants: 2,
      percent: 100,
    },
    {
      name: 'more pods than the service is set to, on target',
      current: 4,
      target: 50,
      pods: ready(500, 500, 500, 500, 500),
      wants: 4,
      percent: 50,
      keptBy: 'tolerance',
    },
    {
      name: 'missing metrics hold a step down back',
      current: 4, target: 100, pods: [...ready(400, 95), unmeasuredPod(), unmeasuredPod()], wants: 3, percent: 24,
    },
    {
      name: 'missing, measured exactly on target',
      current: 2, target: 100, pods: [...ready(1000), unmeasuredPod()], wants: 2, percent: 100, keptBy: 'tolerance',
    },
    {
      name: 'missing, measured above: with the other idle it is near the target',
      current: 2, target: 100, pods: [...ready(1900), unmeasuredPod()], wants: 2, percent: 190, keptBy: 'tolerance',
    },
    { name: 'missing, measured below: busy ones stay below', current: 2, target: 100, pods: [...ready(600), unmeasuredPod()], wants: 2, percent: 60 },
    {
      name: 'missing and unready near the target',
      current: 3, target: 50, pods: [neverReadyPod(100), ...ready(450), unmeasuredPod()], wants: 3, percent: 45, keptBy: 'direction',
    },
    {
      name: 'missing and just started near the target',
      current: 3, target: 50, pods: [freshPod(100), ...ready(450), unmeasuredPod()], wants: 3, percent: 45, keptBy: 'direction',
    },
    {
      name: 'missing and unready far above',
      current: 3, target: 50, pods: [neverReadyPod(100), ...ready(2000), unmeasuredPod()], wants: 4, percent: 200,
    },
    {
      name: 'missing and unready far below',
      current: 4, target: 50, pods: [neverReadyPod(100), ...ready(100, 100), unmeasuredPod()], wants: 3, percent: 10,
    },
    {
      name: 'missing under a target over 100 % counts as the target',
      current: 4,
      target: 300,
      pods: [neverReadyPod(200), settledPod(100), settledPod(100, 2000), unmeasuredPod(2000)],
      wants: 2,
      percent: 6,
    },
    {
      name: 'a surplus pod of a rolling update without metric',
      current: 2,
      target: 50,
      pods: [...ready(100, 100), unmeasuredPod()],
      wants: 2,
      percent: 10,
      keptBy: 'pod-count',
    },
    {
      name: 'within the tolerance, requests of unequal size',
      current: 3,
      target: 100,
      pods: [settledPod(1010, 900), settledPod(1030, 1000), settledPod(1020, 1100)],
      wants: 3,
      percent: 102,
      keptBy: 'tolerance',
    },
    {
      name: 'outside a tolerance of nothing',
      current: 3,
      target: 100,
      pods: [settledPod(909, 900), settledPod(1010, 1000), settledPod(1111, 1100)],
      tolerance: { scaleUp: 0, scaleDown: 0 },
      wants: 4,
      percent: 101,
    },
    {
      name: 'within a tolerance of 200 % up',
      current: 3,
      target: 100,
      pods: [settledPod(1890, 900), settledPod(1910, 1000), settledPod(1900, 1100)],
      tolerance: { scaleUp: 2, scaleDown: 0.1 },
      wants: 3,
      percent: 190,
      keptBy: 'tolerance',
    },
    {
      name: 'outside one of 8 % up; that of the other direction does not help',
      current: 3,
      target: 100,
      pods: [settledPod(1100, 900), settledPod(1080, 1000), settledPod(1090, 1100)],
      tolerance: { scaleUp: 0.08, scaleDown: 2 },
      wants: 4,
      percent: 109,
    },
    {
      name: 'within one of 36 % down',
      current: 3,
      target: 100,
      pods: [settledPod(660, 900), settledPod(640, 1000), settledPod(650, 1100)],
      tolerance: { scaleUp: 0.1, scaleDown: 0.36 },
      wants: 3,
      percent: 65,
      keptBy: 'tolerance',
    },
    {
      name: 'outside one of 34 % down',
      current: 3,
      target: 100,
      pods: [settledPod(660, 900), settledPod(640, 1000), settledPod(650, 1100)],
      tolerance: { scaleUp: 0.1, scaleDown: 0.34 },
      wants: 2,
      percent: 65,
    },
  ])('$name', ({ current, target, pods, tolerance, wants, percent, keptBy }) => {
    const { replicas, utilization, keptBy: reason } = compute(current, target, pods, tolerance);
    expect({ replicas, percent: utilization.percent, reason }).toEqual({ replicas: wants, percent, reason: keptBy ?? null });
  });

  test('a step just past the tolerance, requests scattered around their mean', () => {
    const pods = [100, -100, 10, -10, 2, -2, 1, -1, 0, 0].map((scatter) => settledPod(150, 300 + scatter));
    expect(compute(10, 56, pods)).toMatchObject({ replicas: 9, utilization: { percent: 50 } });
    expect(compute(10, 55, pods)).toMatchObject({ replicas: 10, keptBy: 'tolerance' });
  });
});

describe('without a recommendation', () => {
  test.for<[MetricFailure, readonly PodSample[]]>([
    ['no-pods', []],
    ['no-metrics', [unmeasuredPod(), pendingPod()]],
    ['no-metrics', [unmeasuredPod(), failedPod(null)]],
    ['pods-unready', [freshPod(500), unmeasuredPod()]],
    ['pods-unready', [terminatingPod(500), neverReadyPod(3)]],
    ['missing-request', [...ready(500), settledPod(1, null)]],
    ['missing-request', [...ready(500), failedPod(null)]],
    ['zero-request', [settledPod(5, 0), unmeasuredPod(100)]],
  ])('%s', ([failure, pods]) => {
    expect(recommend(3, 50, pods)).toMatchObject({ kind: 'failed', failure, pods: pods.map(({ name }) => ({ name })) });
  });
});

describe('edges', () => {
  // Ten pods that request 100 and use this many millicores, and the target.
  test.for<[string, number, number, number, KeptBy | null]>([
    ['the upper edge of the tolerance is inside', 55, 50, 10, 'tolerance'],
    ['one percent above it is outside', 56, 50, 12, null],
    ['the lower edge is inside', 45, 50, 10, 'tolerance'],
    ['one percent below it is outside', 44, 50, 9, null],
    ['on a target of 70 the edge is 77', 77, 70, 10, 'tolerance'],
    ['and 78 is past it', 78, 70, 12, null],
    ['63 is its lower edge', 63, 70, 10, 'tolerance'],
    ['62 is past it', 62, 70, 9, null],
    ['on a target of 1 the target itself is inside', 1, 1, 10, 'tolerance'],
    ['on a target of 1 the next percent is twice it', 2, 1, 20, null],
    ['on a target of 1 idle wants nothing', 0, 1, 0, null],
    ['idle wants nothing', 0, 50, 0, null],
  ])('%s', ([, millicores, target, replicas, keptBy]) => {
    expect(compute(10, target, Array.from({ length: 10 }, () => settledPod(millicores, 100)))).toMatchObject({ replicas, keptBy });
  });

  test('utilisation is cut, not rounded, so a hair under the edge stays within', () => {
    // 559 of 1000 is 55.9 %, cut to 55: still within 10 % of 50.
    expect(compute(3, 50, [settledPod(559, 1000)])).toMatchObject({ keptBy: 'tolerance', utilization: { percent: 55 } });
    expect(compute(3, 50, [settledPod(560, 1000)])).toMatchObject({ keptBy: null, replicas: 2 });
  });

  test('utilisation is the ratio of the sums, not the mean of ratios', () => {
    // 10 of 10 and 0 of 990: the mean of ratios is 50 %, the ratio of sums 1 %.
    const { utilization } = compute(2, 50, [settledPod(10, 10), settledPod(0, 990)]);
    expect(utilization).toMatchObject({ percent: 1, usageMillicores: 10, requestMillicores: 1000, pods: 2 });
  });

  test('a request of one millicore', () => {
    expect(compute(1, 50, [settledPod(1, 1)])).toMatchObject({ replicas: 2, utilization: { percent: 100, ratio: 2 } });
  });

  test('huge usage stays a number: 1,000,000 cores on a request of one millicore', () => {
    expect(compute(1, 1, [settledPod(1e9, 1)])).toMatchObject({ replicas: 1e11, utilization: { percent: 1e11 } });
  });

  test('the sums must not lose a percent to rounding', () => {
    // 2^53 / 100 is the largest usage whose hundredfold is exact; one less of it must not round up to the next percent.
    const request = 900_719_925_474;
    expect(compute(1, 50, [settledPod(request - 1, request)]).utilization.percent).toBe(99);
  });

  test('rounds up only what is really more than a whole number', () => {
    // 60 / 50 * 5 is 6 in floating point, too.
    expect(compute(5, 50, ready(600, 600, 600, 600, 600)).replicas).toBe(6);
  });
});

test('tells what it guessed for pods without metric or readiness', () => {
  const up = compute(3, 50, [...ready(2000), unmeasuredPod(), neverReadyPod(5)]);
  expect(up.corrected).toMatchObject({ missingPercent: 0, unreadyPercent: 0, pods: 3, usageMillicores: 2000, percent: 66 });
  const down = compute(4, 50, [...ready(100), unmeasuredPod(), neverReadyPod(5)]);
  expect(down.corrected).toMatchObject({ missingPercent: 100, unreadyPercent: null, pods: 2, usageMillicores: 1100, percent: 55 });
  const over = compute(4, 150, [...ready(100), unmeasuredPod(333)]);
  expect(over.corrected).toMatchObject({ missingPercent: 150, usageMillicores: 100 + 499, requestMillicores: 1333 });
  expect(compute(3, 50, [...ready(100), neverReadyPod(5)]).corrected).toBeNull();
});

test('a wish from more pods than there shall be does not turn down into up', () => {
  // Three pods of a rolling update at 40 % of target 50 would make 3 of 2.
  const pods = [...ready(300, 300), unmeasuredPod(), unmeasuredPod()];
  expect(compute(2, 90, pods)).toMatchObject({ replicas: 2, keptBy: 'pod-count', corrected: { pods: 4, percent: 65 } });
});

test('the metric is as old as the oldest that counts', () => {
  const pods = [4_000, 41_000, 90_000].map((ageMs) =>
    settledPod(500, 1000, { terminating: ageMs === 90_000, cpu: { millicores: 500, timestampMs: NOW_MS - ageMs, windowMs: 30_000 } }),
  );
  expect(compute(2, 50, pods).metricAgeMs).toBe(41_000);
});
