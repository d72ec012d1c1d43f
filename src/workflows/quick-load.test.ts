import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import type { AimedRate } from '../load/aim.ts';
import type { Stage } from '../load/profile.ts';
import { idleAutoscaler } from '../targets/idle-autoscaler.ts';
import type { PodSnapshot, Snapshot } from '../targets/target.ts';
import { quickLegs, quickLengthMs, quickProfile, steerQuickLoad } from './quick-load.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** What the steering did with a service whose requests cost `microsPerRequest` of CPU each, over what it uses when idle. */
interface Steered {
  readonly stages: Stage[];
  readonly ends: boolean[];
  readonly lowered: AimedRate[];
}

async function steer(options: { microsPerRequest: number; idleMillicores?: number; generatorMicrosPerMs?: number; cores?: number; signal?: AbortSignal }): Promise<Steered> {
  const clock = createFakeClock();
  const steered: Steered = { stages: [], ends: [], lowered: [] };
  const rate = () => steered.stages.at(-1)?.target ?? 500;
  const latest = (): SnapshotSample => ({
    ms: clock.now(),
    snapshot: snapshotOf({ cpuMillicores: (options.idleMillicores ?? 0) + (rate() * options.microsPerRequest) / 1_000, requestsPerSecond: rate() }),
  });
  await steerQuickLoad({
    legs: quickLegs('local'),
    run: {
      result: new Promise(() => {}),
      extend(stages, end) {
        steered.stages.push(...stages);
        steered.ends.push(end);
      },
    },
    latest,
    clock,
    cores: options.cores ?? 2,
    generatorCpuMicros: () => clock.now() * (options.generatorMicrosPerMs ?? 0),
    signal: options.signal ?? new AbortController().signal,
    onLowered: (aimed) => steered.lowered.push(aimed),
  });
  return steered;
}

function snapshotOf(load: Pick<PodSnapshot, 'cpuMillicores' | 'requestsPerSecond'>): Snapshot {
  const pod = { name: 'a', ready: true, terminating: false, restarts: 0, memoryBytes: null, requests: null, pricesSha256: null, problem: null, ...load };
  return {
    atMs: 0,
      state: 'ready',
    identity: { target: 'local', context: null, namespace: 'n', name: 's' },
    url: null,
    image: null,
    replicas: { min: 3, max: 10, desired: 3, ready: 3 },
    autoscaler: idleAutoscaler('emulated', 50, ''),
    pods: [pod],
    prices: null,
    problem: null,
  };
}

test('the profile is 90 s long: 5 s of measuring and what the steering adds', async () => {
  const { stages, ends } = await steer({ microsPerRequest: 40 });
  expect(stages.reduce((sum, stage) => sum + stage.durationMs, 5_000)).toBe(90_000);
  expect(quickLengthMs(quickLegs('local'))).toBe(90_000);
  expect(ends.indexOf(true)).toBe(ends.length - 1);
});

test('it ramps to the rate that costs 400m, holds it and goes down to 60m', async () => {
  const { stages, lowered } = await steer({ microsPerRequest: 40 });
  const targets = stages.map((stage) => stage.target);
  expect(targets.slice(0, 5)).toEqual(targets.slice(0, 5).toSorted((a, b) => a - b));
  expect(targets[4]).toBe(10_000);
  expect(new Set(targets.slice(4, 12))).toEqual(new Set([10_000]));
  expect(new Set(targets.slice(12))).toEqual(new Set([1_500]));
  expect(lowered).toEqual([]);
});

test('what a service uses when idle counts less and less as the rate grows', async () => {
  const { stages } = await steer({ microsPerRequest: 20, idleMillicores: 30 });
  const held = stages[11]?.target ?? 0;
  expect((held * 20) / 1_000 + 30).toBeGreaterThan(390);
  expect((held * 20) / 1_000 + 30).toBeLessThan(410);
});

test('no step is more than four times as fast as the one before', async () => {
  const { stages } = await steer({ microsPerRequest: 1 });
  stages.reduce((before, { target }) => {
    expect(target).toBeLessThanOrEqual(before * 4);
    return target;
  }, 500);
});

test('on a small machine the rate is lowered, and said so', async () => {
  const { stages, lowered } = await steer({ microsPerRequest: 40, generatorMicrosPerMs: 700, cores: 1 });
  expect(Math.max(...stages.map((stage) => stage.target))).toBeLessThan(10_000);
  expect(lowered.length).toBeGreaterThan(0);
});

test('an abort ends the steering without an error', async () => {
  const { stages } = await steer({ microsPerRequest: 40, signal: AbortSignal.abort() });
  expect(stages).toEqual([]);
});

test('the load begins at 500 a second for 5 s and waits for more', () => {
  expect(quickProfile({}, { preAllocatedVus: 1, maxVus: 2 }).scenario).toMatchObject({
    executor: 'ramping-arrival-rate',
    startRate: 500,
    stages: [{ durationMs: 5_000, target: 500 }],
    openEnded: true,
  });
});
