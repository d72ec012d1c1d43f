import { expect, test } from 'vitest';
import { SeededRandom } from './random.fixture.ts';
import { measureAgreement } from './replay-agreement.ts';
import { createRecording } from './replay-recording.ts';
import { hill, quickSettings, recordService, type SimulatedService } from './replay.fixture.ts';
import { replayedPod } from './replay-pods.ts';
import type { ReplaySettings } from './replay-settings.ts';
import { replayAutoscaler } from './replay.ts';

const lengthMs = 120_000;

function record(service: Partial<SimulatedService> = {}) {
  return createRecording(recordService({ kind: 'emulated', lengthMs, settings: quickSettings, seed: 1, demandAt: hill(lengthMs, 400, 0.1), ...service }));
}

function agreementOf(recording: ReturnType<typeof record>, samples: 'recorded' | 'modelled' = 'recorded') {
  return measureAgreement(recording, replayAutoscaler(recording, recording.own, samples).looks);
}

function randomSettings(random: SeededRandom): ReplaySettings {
  const min = random.integer(1, 4);
  return {
    min,
    max: min + random.integer(1, 12),
    cpuTarget: random.pick(30, 50, 70, 90),
    scaleDownWindowMs: random.pick(0, 10_000, 60_000),
    syncPeriodMs: random.pick(1_000, 2_000, 5_000),
    metricResolutionMs: random.pick(1_000, 2_000, 5_000),
  };
}

test('own settings reproduce every look of any recorded service, whatever its settings and its load', () => {
  const random = new SeededRandom(8);
  for (let seed = 0; seed < 60; seed += 1) {
    const settings = randomSettings(random);
    const recording = record({ seed, settings, demandAt: hill(lengthMs, random.integer(100, 900), random.next() / 2) });
    expect(agreementOf(recording), `seed ${seed} ${JSON.stringify(settings)}`).toMatchObject({ same: recording.syncs.length, timeShare: 1, meanDifference: 0 });
  }
});

test('the model of demand alone stays near what was recorded', () => {
  const { timeShare, meanDifference } = agreementOf(record(), 'modelled');
  expect(timeShare).toBeGreaterThan(0.7);
  expect(meanDifference).toBeLessThan(0.3);
});

// Between two snapshots, before a metric, between it and a look, and between that and the snapshot.
test.each([61_000, 61_600, 61_800].flatMap((atMs) => [3_600_000, -3_600_000, -4_000].map((byMs) => [atMs, byMs] as const)))('a clock that jumps at %i ms by %i ms is replayed with its jump', (atMs, byMs) => {
  const recording = record({ clockJump: { atMs, byMs }, settings: { ...quickSettings, scaleDownWindowMs: 30_000 } });
  expect(agreementOf(recording)).toMatchObject({ same: recording.syncs.length, timeShare: 1 });
  const moments = recording.syncs.map(({ ms }) => ms);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(Math.max(...moments)).toBeLessThanOrEqual(recording.lengthMs);
  const ends = recording.readings.map(({ toMs }) => toMs);
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
});

test("a cluster's run is followed by what its status shows", () => {
  const settings = { ...quickSettings, scaleDownWindowMs: 60_000, syncPeriodMs: 15_000, metricResolutionMs: 15_000 };
  const recording = record({ kind: 'kubernetes', lengthMs: 600_000, settings, demandAt: hill(600_000, 400, 0.1) });
  expect(agreementOf(recording).timeShare).toBeGreaterThan(0.95);
  expect(recording.syncs.length).toBeGreaterThan(35);
});

test('snapshots that are missing leave looks that are filled in, and the rest is as recorded', () => {
  const source = recordService({ kind: 'emulated', lengthMs, settings: quickSettings, seed: 1, demandAt: hill(lengthMs, 400, 0.1) });
  const recording = createRecording({ ...source, looks: source.looks.filter(({ ms }) => ms < 40_000 || ms > 47_000) });
  const whole = createRecording(source);
  expect(recording.syncs.some(({ outcome }) => outcome === null)).toBe(true);
  expect(recording.syncs).toHaveLength(whole.syncs.length);
  expect(agreementOf(recording).timeShare).toBeGreaterThan(0.9);
});

test('a lower target takes more pod-seconds and is short for less time; a lower maximum the other way', () => {
  const recording = record();
  const measure = (changes: Partial<ReplaySettings>) => replayAutoscaler(recording, { ...recording.own, ...changes }).measures;
  const own = measure({});
  const lower = measure({ cpuTarget: 30 });
  const capped = measure({ max: 3 });
  expect(lower.podSeconds).toBeGreaterThan(own.podSeconds);
  expect(lower.shortMs).toBeLessThanOrEqual(own.shortMs);
  expect(capped).toMatchObject({ podSeconds: 3 * (lengthMs / 1_000), minReplicas: 3, maxReplicas: 3, changes: 0 });
  expect(capped.shortMs).toBeGreaterThan(own.shortMs);
  expect(capped.atMaxMs).toBeGreaterThan(0);
  expect(own.atMaxMs).toBe(0);
});

test('a higher minimum holds from the beginning, a lower one is reached when the window lets it', () => {
  const recording = record({ demandAt: () => 30 });
  const path = (min: number) => replayAutoscaler(recording, { ...recording.own, min }).looks.map(({ replicas }) => replicas);
  expect(new Set(path(5))).toEqual(new Set([5]));
  expect(replayAutoscaler(recording, { ...recording.own, min: 5 }).measures).toMatchObject({ changes: 0, podSeconds: 5 * (lengthMs / 1_000) });
  expect(path(1).at(-1)).toBe(1);
});

test('a longer window begins with the replicas of the start', () => {
  const recording = record({ demandAt: () => 30 });
  const { looks } = replayAutoscaler(recording, { ...recording.own, min: 1, scaleDownWindowMs: 60_000 });
  const firstLower = looks.find(({ replicas }) => replicas < 3);
  expect(firstLower?.ms).toBeGreaterThan(45_000);
});

test('other periods look at moments of their own', () => {
  const recording = record();
  const { looks } = replayAutoscaler(recording, { ...recording.own, syncPeriodMs: 10_000 });
  expect(looks).toHaveLength(13);
  expect(replayAutoscaler(recording, { ...recording.own, metricResolutionMs: 10_000 }).looks).toHaveLength(recording.syncs.length);
});

test('an hour at a second with ten pods is replayed and swept', () => {
  const hour = 3_600_000;
  const settings = { ...quickSettings, min: 10, max: 20, scaleDownWindowMs: 300_000 };
  const recording = record({ lengthMs: hour, settings, demandAt: hill(hour, 800, 0.2) });
  expect(recording.syncs.length).toBeGreaterThan(1_700);
  const replays = [20, 30, 40, 60, 70, 80].map((cpuTarget) => replayAutoscaler(recording, { ...settings, cpuTarget }).measures.podSeconds);
  expect(replays).toEqual(replays.toSorted((a, b) => b - a));
});

test('a new replica is ready as long after its creation as was recorded', () => {
  expect(record({ startupMs: 4_000 }).startup.ms).toBeGreaterThanOrEqual(4_000);
  expect(record({ startupMs: 4_000 }).startup.ms).toBeLessThanOrEqual(5_000);
  expect(record({ demandAt: () => 30 }).startup).toEqual({ ms: 2_000, scaleOuts: 0 });
});

test('a recording that begins while a window holds, or just after, knows what held', () => {
  const source = recordService({ kind: 'emulated', lengthMs, settings: quickSettings, seed: 1, demandAt: hill(lengthMs, 400, 0.1) });
  for (let beginMs = 70_000; beginMs < 110_000; beginMs += 1_000) {
    const looks = source.looks.filter(({ ms }) => ms >= beginMs).map((look) => ({ ...look, ms: look.ms - beginMs }));
    expect(agreementOf(createRecording({ ...source, looks })), `from ${beginMs} ms on`).toMatchObject({ timeShare: 1 });
  }
});

test('demand is what the load needed, also while new replicas are not measured', () => {
  const demandAt = hill(lengthMs, 400, 0.1);
  for (const { toMs, millicores } of record({ demandAt }).readings.filter(({ toMs }) => toMs > 4_000)) {
    expect(Math.abs(millicores / demandAt(toMs - 1_000) - 1), `at ${toMs} ms`).toBeLessThan(0.15);
  }
});

test('a replica of the model uses no more CPU than it may', () => {
  const recording = { ...record(), cpuCapMillicores: 50 };
  expect(new Set(replayAutoscaler(recording, recording.own, 'modelled').looks.map(({ replicas }) => replicas))).toEqual(new Set([3]));
});

test('recorded pods are taken again only when all that were different are measured', () => {
  const { syncs: _syncs, readings: _readings, ...rest } = record();
  const pods = Array.from({ length: 4 }, (_, index) => replayedPod(index, 100, { millicores: 90, timestampMs: 0, windowMs: 2_000 }));
  const look = { ms: 0, atMs: 0, desired: 4, ready: 4, decision: null, pods: [] };
  const syncs = [3, 4, 4, 4, 4].map((currentReplicas, index) => {
    const ms = index * 2_000;
    return { ms, atMs: 1_000_000 + ms, metricAgeMs: 0, look, outcome: { currentReplicas, desiredReplicas: 4, pods, heldBy: null } };
  });
  const recording = { ...rest, syncs, readings: [{ toMs: 0, millicores: 100, measured: 3 }], lengthMs: 8_000, startup: { ms: 1_000, scaleOuts: 1 } };
  // The replay begins with four, so the first look is unlike; it takes a start-up and two metrics, 5 s, until all that is gone.
  expect(replayAutoscaler(recording, { ...recording.own, min: 4 }).looks.map(({ replicas }) => replicas)).toEqual([4, 4, 4, 8, 8]);
});
