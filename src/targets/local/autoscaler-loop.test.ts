import { afterEach, expect, test } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import { type Clock, systemClock } from '../../tools/clock.ts';
import { createManualClock } from '../../../test/fakes/manual-clock.ts';
import type { ServiceSettings } from '../target.ts';
import { AutoscalerLoop, type ScaledReplica } from './autoscaler-loop.ts';
import type { ReplicaUsage } from '../replica-metrics.ts';

const open: Disposable[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

const settings: ServiceSettings = {
  prices: '/prices.txt',
  min: 1,
  max: 10,
  cpuTarget: 50,
  cpuRequestMillicores: 100,
  port: 0,
  syncPeriodMs: 10,
  metricResolutionMs: 10,
  behavior: createBehavior({ scaleDownWindowMs: 0, policyPeriodMs: 1_000 }),
  cluster: null,
};

/** A loop over replicas of which each uses `millicores`; it adds and removes nothing but the number that is wanted. */
function create(replicas: readonly ScaledReplica[], millicores: () => number | undefined, changes: Partial<ServiceSettings> = {}, clock: Clock = systemClock) {
  const scaled: number[] = [];
  const lines: string[] = [];
  const reads = { count: 0 };
  const replicaSet = { replicas, desired: replicas.length, scale: (desired: number) => scaled.push(desired) };
  const usage = (): ReplicaUsage | undefined => {
    const used = millicores();
    return used === undefined ? undefined : { millicores: used, requestsPerSecond: 1, monotonicMs: clock.monotonicMs(), windowMs: 5 };
  };
  const read = async () => void (reads.count += 1);
  const loop = new AutoscalerLoop({ ...settings, ...changes }, {
    clock,
    meter: { read, settled: async () => {}, usage },
    replicaSet,
    log: (line) => lines.push(line),
  });
  open.push(loop);
  return { loop, scaled, lines, reads };
}

function replica(name: string, changes: Partial<ScaledReplica> = {}): ScaledReplica {
  const longAgoMs = systemClock.monotonicMs() - 600_000;
  return { name, isStaying: true, createdMs: longAgoMs, phase: 'ready', readinessSinceMs: longAgoMs, socketPath: `/tmp/${name}`, ...changes };
}

test('replicas are measured again and again, and scaled as the autoscaler decides', async () => {
  const { loop, scaled, lines, reads } = create([replica('a'), replica('b')], () => 100);
  await expect.poll(() => scaled.length).toBeGreaterThan(0);
  // 100 % of the request, target 50 %: twice as many.
  expect(scaled[0]).toBe(4);
  expect(lines[0]).toContain('2 -> 4 replicas');
  expect(loop.describe().explanation).toMatch(/^CPU 100 % of request, target 50 %: wants 4.*next look in/);
  await expect.poll(() => reads.count).toBeGreaterThan(3);
});

test('without a metric nothing happens, and it says so', async () => {
  const { loop, scaled } = create([replica('a')], () => undefined);
  await expect.poll(() => loop.describe().explanation).toContain('no CPU metrics yet');
  expect(scaled).toEqual([]);
});

test("a new replica's CPU counts only when it covers a window since it became ready", async () => {
  const nowMs = systemClock.monotonicMs();
  const young = replica('b', { createdMs: nowMs, readinessSinceMs: nowMs + 60_000 });
  const { loop } = create([replica('a'), young], () => 55);
  await expect.poll(() => loop.describe().explanation).toContain('1 warming up');
});

test('replicas on their way out, and those that are not ready, are told apart', async () => {
  const unready = replica('c', { createdMs: systemClock.monotonicMs(), phase: 'starting' });
  const { loop } = create([replica('a'), replica('b', { isStaying: false, phase: 'draining' }), unready], () => 100);
  await expect.poll(() => loop.describe().explanation).toMatch(/1 ending/);
  expect(loop.describe().explanation).toMatch(/1 not ready/);
});

test('new settings count at once, and an old reading is not cut short', async () => {
  const { loop, scaled, reads } = create([replica('a'), replica('b')], () => 100, { syncPeriodMs: 3_600_000, metricResolutionMs: 3_600_000 });
  await expect.poll(() => scaled).toEqual([4]);
  loop.update({ ...settings, max: 3, syncPeriodMs: 3_600_000, metricResolutionMs: 3_600_000 });
  await expect.poll(() => scaled).toEqual([4, 3]);
  expect(reads.count).toBe(1);
});

test.each([3_600_000, -86_400_000])('a clock that is set by %d ms changes neither windows nor periods nor what counts', async (ms) => {
  const clock = createManualClock();
  const used = { millicores: 100 };
  const behavior = createBehavior({ scaleDownWindowMs: 60_000 });
  const pods = [replica('a', { createdMs: 0, readinessSinceMs: 0 }), replica('b', { createdMs: 0, readinessSinceMs: 0 })];
  const { loop, scaled } = create(pods, () => used.millicores, { max: 4, syncPeriodMs: 15_000, metricResolutionMs: 15_000, behavior }, clock);
  const look = async () => {
    await clock.advance(15_000);
    return loop.describe();
  };
  await look();
  expect(scaled.at(-1)).toBe(4);
  used.millicores = 10;
  clock.jump(ms);
  // The wish of before holds for its minute: four looks.
  for (let count = 0; count < 3; count += 1) expect((await look()).decision).toMatchObject({ kind: 'computed', atMs: clock.now(), stabilization: { replicas: 2 }, recommendation: { replicas: 1, metricAgeMs: 0 } });
  await look();
  expect((await look()).decision).toMatchObject({ desiredReplicas: 1 });
  used.millicores = 100;
  clock.jump(-ms);
  expect(loop.describe().nextSyncAtMs).toBe(clock.now() + 15_000);
  expect((await look()).decision).toMatchObject({ desiredReplicas: 4 });
});

test('after disposal nothing happens any more', async () => {
  const { loop, scaled, reads } = create([replica('a')], () => 100);
  await expect.poll(() => scaled.length).toBeGreaterThan(0);
  loop[Symbol.dispose]();
  const before = { scaled: scaled.length, reads: reads.count };
  await systemClock.sleep(50);
  expect({ scaled: scaled.length, reads: reads.count }).toEqual(before);
});
