import { expect, test } from 'vitest';
import { simulateScaling } from './autoscaling.ts';
import { hashIds, jumpHash, shardSize, spreadOver } from './shards.ts';

const given = { demand: 1_000, perCore: 1_000, requestMillicores: 100, limitMillicores: 100, cpuTarget: 50, minReplicas: 2, maxReplicas: 100, startMs: 5_000 };

test('replicas double at each sync that sees pods at their limit, until they are enough', () => {
  const { steps, enoughAtMs, unanswered } = simulateScaling(given);
  expect(steps[1]?.atMs).toBe(15_000);
  expect(steps.map(({ replicas }) => replicas).every((replicas, index, all) => index === 0 || replicas <= Math.max(2 * (all[index - 1] ?? 0), (all[index - 1] ?? 0) + 4))).toBe(true);
  expect(steps.at(-1)?.replicas).toBeGreaterThanOrEqual(10);
  expect(enoughAtMs).toBeGreaterThan(15_000);
  expect(unanswered).toBeGreaterThan(0);
});

test('a maximum below what is needed is never enough', () => {
  expect(simulateScaling({ ...given, maxReplicas: 9 }).enoughAtMs).toBeUndefined();
});

test('enough replicas from the start lose nothing', () => {
  expect(simulateScaling({ ...given, minReplicas: 10 })).toEqual({ steps: [{ atMs: 0, replicas: 10 }], enoughAtMs: 0, unanswered: 0 });
});

test('one shard more moves only what goes to it', () => {
  const hashes = hashIds(10_000);
  const moved = hashes.filter((hash) => jumpHash(hash, 16) !== jumpHash(hash, 17));
  expect(moved.every((hash) => jumpHash(hash, 17) === 16)).toBe(true);
  expect(moved.length / hashes.length).toBeCloseTo(1 / 17, 2);
});

test('a hash spreads ids evenly, but not the requests for a few of them', () => {
  const { fullest, busiest, movedByRemainder } = spreadOver(16, hashIds(100_000));
  expect(fullest).toBeLessThan(1.1);
  expect(busiest).toBeGreaterThan(1.3);
  expect(movedByRemainder).toBeGreaterThan(0.9);
});

test('shards together hold all rows', () => {
  const { rows, fileBytes } = shardSize(16, 1_000, 20);
  expect(16 * rows).toBeGreaterThanOrEqual(1_000);
  expect(fileBytes).toBe(20 * rows);
});
