import { describe, expect, test } from 'vitest';
import { type ArrivalSchedule, ConstantArrivals, RampingArrivals } from './arrival-schedule.ts';

const alone = { index: 0, count: 1 };
const longAfter = 1e9;

/** The starts that are due by a moment, as an executor would take them. */
function startsUntil(schedule: ArrivalSchedule, nowMs: number): number[] {
  const starts: number[] = [];
  for (; schedule.nextMs <= nowMs; schedule.advance()) starts.push(schedule.nextMs);
  return starts;
}

const ramp = (startRate: number, stages: readonly (readonly [durationMs: number, target: number])[], slot = alone): RampingArrivals =>
  new RampingArrivals(startRate, stages.map(([durationMs, target]) => ({ durationMs, target })), false, slot);

const open = (): RampingArrivals => new RampingArrivals(0, [{ durationMs: 1_000, target: 10 }], true, alone);

const inOrder = (schedules: readonly ArrivalSchedule[]): number[] =>
  schedules.flatMap((schedule) => startsUntil(schedule, longAfter)).toSorted((a, b) => a - b);

describe('a constant rate', () => {
  // Verified with k6 2.2.
  test('of 40/s for 3 s makes 121 starts: the first at 0, the last on the end', () => {
    const starts = startsUntil(new ConstantArrivals(40, 3_000, alone), longAfter);
    expect(starts).toHaveLength(121);
    expect([starts[0], starts[1], starts[120]]).toEqual([0, 25, 3_000]);
  });

  test('keeps its times where they are no whole milliseconds', () => {
    const starts = startsUntil(new ConstantArrivals(3_000, 1_000, alone), longAfter);
    expect(starts).toHaveLength(3_001);
    expect(starts[1_000]).toBeCloseTo(1_000 / 3, 9);
  });

  test('has no start after its end', () => {
    const schedule = new ConstantArrivals(40, 3_000, alone);
    startsUntil(schedule, 3_000);
    expect([schedule.nextMs, schedule.endMs]).toEqual([Infinity, 3_000]);
  });

  test('has no stages to add to', () => {
    expect(() => new ConstantArrivals(1, 1_000, alone).extend()).toThrow(TypeError);
  });
});

describe('a ramping rate', () => {
  test('that stays flat starts first after one period', () => {
    const starts = startsUntil(ramp(40, [[3_000, 40]]), longAfter);
    expect(starts).toHaveLength(120);
    expect([starts[0], starts[119]]).toEqual([25, 3_000]);
  });

  // The integral of a rate that grows by 10/s a second is 5 t^2: start i at sqrt(i / 5) s.
  test('from 0 to 100/s in 10 s makes 500 starts where the integral is whole', () => {
    const starts = startsUntil(ramp(0, [[10_000, 100]]), longAfter);
    expect(starts).toHaveLength(500);
    for (const [index, start] of starts.entries()) expect(start).toBeCloseTo(Math.sqrt((index + 1) / 5) * 1_000, 6);
  });

  // k6: lib/executor/ramping_arrival_rate_test.go: x = (from·dur − sqrt(dur·(from²·dur + 2·i·(to − from)))) / (from − to)
  test("down from 100/s to 0 follows k6's formula", () => {
    const [from, to, dur] = [0.1, 0, 10_000];
    const starts = startsUntil(ramp(100, [[dur, 0]]), longAfter);
    expect(starts).toHaveLength(500);
    for (const [index, start] of starts.entries()) {
      const i = index + 1;
      expect(start).toBeCloseTo((from * dur - Math.sqrt(Math.max(0, dur * (from * from * dur + 2 * i * (to - from))))) / (from - to), 3);
    }
  });

  test('carries what is left of one stage into the next', () => {
    // 1.5 starts in the first stage, so that the second start is half a period into the second.
    const starts = startsUntil(ramp(1, [[1_500, 1], [2_000, 1]]), longAfter);
    expect(starts).toEqual([1_000, 2_000, 3_000]);
  });

  test('loses no start to rounding', () => {
    // Ten times 0.1 is less than 1 in binary.
    expect(startsUntil(ramp(1, Array.from({ length: 10 }, () => [100, 1])), longAfter)).toEqual([1_000]);
  });

  test('jumps at a stage without length and rests at 0', () => {
    const starts = startsUntil(ramp(0, [[1_000, 0], [0, 10], [1_000, 10], [0, 0], [1_000, 0], [0, 10], [100, 10]]), longAfter);
    expect(starts).toHaveLength(11);
    expect(starts.map(Math.round)).toEqual([1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700, 1_800, 1_900, 2_000, 3_100]);
  });

  test('is in order and within its stages for odd numbers', () => {
    const schedule = ramp(33.3, [[777, 1_234.5], [333, 7.7], [1_111, 999]]);
    const starts = startsUntil(schedule, longAfter);
    const integral = (777 * (33.3 + 1_234.5) + 333 * (1_234.5 + 7.7) + 1_111 * (7.7 + 999)) / 2_000;
    expect(starts).toHaveLength(Math.floor(integral));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeLessThanOrEqual(schedule.endMs);
  });
});

describe('an open-ended ramp', () => {
  test('holds its last target without end', () => {
    const schedule = open();
    const starts = startsUntil(schedule, 3_000);
    expect(starts).toHaveLength(25);
    expect(starts.slice(5).map(Math.round)).toEqual(Array.from({ length: 20 }, (_, index) => 1_100 + 100 * index));
    expect(schedule.endMs).toBe(Infinity);
  });

  test('goes through the stages that are added from the moment they are added, and ends', () => {
    const schedule = open();
    startsUntil(schedule, 3_000);
    schedule.extend(3_000, [{ durationMs: 2_000, target: 0 }], true);
    const starts = startsUntil(schedule, longAfter);
    expect(schedule.endMs).toBe(5_000);
    expect(starts).toHaveLength(10);
    expect(starts[0]).toBeCloseTo(3_000 + (2 - Math.sqrt(4 - 0.4)) * 1_000, 6);
    expect(starts[9]).toBeCloseTo(5_000, 3);
  });

  test('appends stages that come early', () => {
    const schedule = open();
    schedule.extend(200, [{ durationMs: 1_000, target: 10 }], true);
    expect(startsUntil(schedule, longAfter)).toHaveLength(15);
    expect(schedule.endMs).toBe(2_000);
  });

  test('holds again until the next call', () => {
    const schedule = open();
    schedule.extend(500, [{ durationMs: 0, target: 100 }], false);
    expect([startsUntil(schedule, 2_000).length, schedule.endMs]).toEqual([105, Infinity]);
    schedule.extend(2_000, [], true);
    expect([startsUntil(schedule, longAfter).length, schedule.endMs]).toEqual([0, 2_000]);
  });

  test('catches up when told late', () => {
    const schedule = open();
    startsUntil(schedule, 1_000);
    schedule.extend(3_000, [], true);
    expect(startsUntil(schedule, longAfter)).toHaveLength(20);
  });

  test('waits at a rate of 0 for the next stages', () => {
    const schedule = new RampingArrivals(0, [{ durationMs: 1_000, target: 0 }], true, alone);
    expect(schedule.nextMs).toBe(Infinity);
    schedule.extend(5_000, [{ durationMs: 1_000, target: 20 }], true);
    expect(startsUntil(schedule, longAfter)).toHaveLength(10);
  });

  test('cannot be extended once it has an end', () => {
    const schedule = open();
    schedule.extend(0, [], true);
    expect(() => schedule.extend(0, [], true)).toThrow(TypeError);
  });
});

describe('over several workers', () => {
  const slots = [0, 1, 2].map((index) => ({ index, count: 3 }));

  test('a constant rate has the same starts as alone', () => {
    expect(inOrder(slots.map((slot) => new ConstantArrivals(40, 3_000, slot)))).toEqual(startsUntil(new ConstantArrivals(40, 3_000, alone), longAfter));
  });

  test('a ramp has the same starts as alone, extended or not', () => {
    const stages = [{ durationMs: 777, target: 55 }];
    const extended = (slot: typeof alone): RampingArrivals => {
      const schedule = new RampingArrivals(3, stages, true, slot);
      startsUntil(schedule, 600);
      schedule.extend(900, [{ durationMs: 500, target: 7 }], true);
      return schedule;
    };
    expect(inOrder(slots.map((slot) => new RampingArrivals(3, stages, false, slot)))).toEqual(startsUntil(new RampingArrivals(3, stages, false, alone), longAfter));
    expect(inOrder(slots.map(extended))).toEqual(startsUntil(extended(alone), longAfter));
  });
});
