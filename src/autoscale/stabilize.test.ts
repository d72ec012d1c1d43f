import { expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import { stabilizeWish } from './stabilize.ts';

const NOW_MS = 10_000_000;

interface Case {
  readonly name: string;
  /** Past recommendations: replicas, and minutes ago. */
  readonly past: readonly (readonly [number, number])[];
  readonly current: number;
  readonly wish: number;
  readonly upMinutes?: number;
  readonly downMinutes?: number;
  readonly replicas: number;
  /** What holds the wish: its replicas and minutes ago. */
  readonly heldBy?: readonly ['up' | 'down', number, number];
}

function stabilize({ past, current, wish, upMinutes = 0, downMinutes = 0 }: Omit<Case, 'name' | 'replicas' | 'heldBy'>) {
  const { scaleUp, scaleDown } = createBehavior({ scaleDownWindowMs: downMinutes * 60_000 });
  const behavior = { scaleUp: { ...scaleUp, stabilizationWindowMs: upMinutes * 60_000 }, scaleDown };
  const recommendations = past.map(([replicas, minutesAgo]) => ({ replicas, atMs: NOW_MS - minutesAgo * 60_000 }));
  return stabilizeWish(wish, current, recommendations, behavior, NOW_MS);
}

// The substance of Kubernetes' TestNormalizeDesiredReplicasWithBehavior (pkg/controller/podautoscaler/horizontal_test.go), then more.
test.for<Case>([
  { name: 'no past, down', past: [], current: 100, wish: 5, replicas: 5 },
  { name: 'down to the highest of the window', past: [[4, 2], [5, 1]], current: 100, wish: 3, downMinutes: 3, replicas: 5, heldBy: ['down', 5, 1] },
  { name: 'up to the lowest of the window', past: [[4, 2], [5, 1]], current: 1, wish: 7, upMinutes: 5, replicas: 4, heldBy: ['up', 4, 2] },
  { name: 'the scale-up window does not hold a step down', past: [[1, 2], [2, 1]], current: 100, wish: 3, upMinutes: 5, replicas: 3 },
  { name: 'the scale-down window does not hold a step up', past: [[4, 2], [5, 1]], current: 1, wish: 3, downMinutes: 5, replicas: 3 },
  { name: 'without windows the past is nothing, down', past: [[10, 10], [9, 9]], current: 100, wish: 3, replicas: 3 },
  { name: 'without windows the past is nothing, up', past: [[10, 10], [9, 9]], current: 1, wish: 100, replicas: 100 },
  {
    name: 'down, part of the past is too old',
    past: [[10, 10], [9, 9], [5, 2], [4, 1]],
    current: 100,
    wish: 3,
    downMinutes: 3,
    replicas: 5,
    heldBy: ['down', 5, 2],
  },
  {
    name: 'up, part of the past is too old',
    past: [[1, 100], [9, 3], [5, 2], [6, 1]],
    current: 1,
    wish: 100,
    upMinutes: 5,
    replicas: 5,
    heldBy: ['up', 5, 2],
  },
  {
    name: 'both windows: a falling wish does not make it rise',
    past: [[2, 100], [3, 3]],
    current: 2,
    wish: 1,
    upMinutes: 5,
    downMinutes: 5,
    replicas: 2,
    heldBy: ['down', 3, 3],
  },
  {
    name: 'both windows: a rising wish does not make it fall',
    past: [[2, 100], [1, 3]],
    current: 2,
    wish: 3,
    upMinutes: 5,
    downMinutes: 5,
    replicas: 2,
    heldBy: ['up', 1, 3],
  },
  { name: 'a recommendation as old as the window is outside, down', past: [[9, 5]], current: 9, wish: 3, downMinutes: 5, replicas: 3 },
  { name: 'a recommendation as old as the window is outside, up', past: [[1, 5]], current: 1, wish: 3, upMinutes: 5, replicas: 3 },
  {
    name: 'of equal highest ones the later holds',
    past: [[6, 4], [6, 1], [5, 0.5]],
    current: 6,
    wish: 3,
    downMinutes: 5,
    replicas: 6,
    heldBy: ['down', 6, 1],
  },
  {
    name: 'of equal lowest ones the later holds',
    past: [[3, 4], [3, 1], [5, 0.5]],
    current: 3,
    wish: 6,
    upMinutes: 5,
    replicas: 3,
    heldBy: ['up', 3, 1],
  },
  { name: 'a wish equal to the past is not held', past: [[3, 1]], current: 6, wish: 3, downMinutes: 5, replicas: 3 },
  { name: 'nothing to do', past: [[3, 1]], current: 3, wish: 3, upMinutes: 5, downMinutes: 5, replicas: 3 },
])('$name', ({ replicas, heldBy, ...input }) => {
  const result = stabilize(input);
  expect(result.replicas).toBe(replicas);
  const holder = result.heldBy && [result.heldBy.window, result.heldBy.replicas, (NOW_MS - result.heldBy.atMs) / 60_000];
  expect(holder).toEqual(heldBy ?? null);
});

test('tells the window that holds', () => {
  const { heldBy } = stabilize({ past: [[6, 1]], current: 6, wish: 3, downMinutes: 5 });
  expect(heldBy).toEqual({ replicas: 6, atMs: NOW_MS - 60_000, window: 'down', windowMs: 300_000 });
});
