import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Histogram } from '../histogram.ts';
import { ArrivalRate } from './arrival-rate.ts';
import { type ArrivalSchedule, ConstantArrivals, RampingArrivals } from './arrival-schedule.ts';
import { createTimedUsers, type TimedUsers } from './users.fixture.ts';

const alone = { index: 0, count: 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

interface Started {
  readonly executor: ArrivalRate;
  readonly dropped: { count: number };
  readonly lateness: Histogram;
  readonly onEnd: ReturnType<typeof vi.fn>;
}

function start(schedule: ArrivalSchedule, users: TimedUsers, vus: { preAllocatedVus: number; maxVus: number }, gracefulStopMs = 30_000): Started {
  const made = { dropped: { count: 0 }, lateness: new Histogram(), onEnd: vi.fn<() => void>() };
  const executor = new ArrivalRate({ schedule, ...vus, gracefulStopMs, users: users.options, ...made });
  executor.start();
  return { executor, ...made };
}

const sent = (users: TimedUsers): number => users.clients.reduce((sum, { requests }) => sum + requests, 0);

test('starts one iteration after the other, the first at once and the last at the end', () => {
  const users = createTimedUsers(() => 5);
  const { onEnd, dropped, lateness } = start(new ConstantArrivals(40, 3_000, alone), users, { preAllocatedVus: 2, maxVus: 2 });
  expect(sent(users)).toBe(1);
  vi.advanceTimersByTime(2_999);
  expect(sent(users)).toBe(120);
  vi.advanceTimersByTime(5);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onEnd).toHaveBeenCalledOnce();
  expect([users.iterations, dropped.count, lateness.count, lateness.max]).toEqual([121, 0, 121, 0]);
  expect(users.clients.every(({ isClosed }) => isClosed)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('takes the virtual user that has been free for longest', () => {
  const users = createTimedUsers(() => 5);
  start(new ConstantArrivals(100, 1_000, alone), users, { preAllocatedVus: 4, maxVus: 4 });
  vi.advanceTimersByTime(79);
  expect(users.clients.map(({ requests }) => requests)).toEqual([2, 2, 2, 2]);
});

test('a late timer starts all that is due, and tells how late', () => {
  const users = createTimedUsers(() => 1);
  const { lateness } = start(new ConstantArrivals(1_000, 1_000, alone), users, { preAllocatedVus: 50, maxVus: 50 });
  // The event loop was busy for 10 ms: the clock went on, the timer did not fire.
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10);
  vi.advanceTimersByTime(1);
  now.mockRestore();
  expect([sent(users), lateness.count, lateness.max]).toEqual([11, 11, 9]);
});

test('drops what finds nobody free, and has one more virtual user for the next, up to the maximum', () => {
  const users = createTimedUsers(() => Infinity);
  const { executor, dropped, onEnd } = start(new ConstantArrivals(100, 100, alone), users, { preAllocatedVus: 1, maxVus: 3 }, 50);
  expect([executor.activeVus, executor.allocatedVus]).toEqual([1, 1]);
  // Starts at 0, 10, ... 100: the first on the first, dropped, on the second, dropped, on the third, and six more dropped.
  vi.advanceTimersByTime(100);
  expect([sent(users), dropped.count, executor.activeVus]).toEqual([3, 8, 3]);
  vi.advanceTimersByTime(49);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onEnd).toHaveBeenCalledOnce();
  expect(users.iterations).toBe(0);
});

test('lasts as long as its stages even if no start is left', () => {
  const users = createTimedUsers(() => 1);
  const { onEnd } = start(new RampingArrivals(10, [{ durationMs: 100, target: 10 }, { durationMs: 0, target: 0 }, { durationMs: 400, target: 0 }], false, alone), users, {
    preAllocatedVus: 1,
    maxVus: 1,
  });
  vi.advanceTimersByTime(499);
  expect([users.iterations, onEnd.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(1);
  expect(onEnd).toHaveBeenCalledOnce();
});

test('open-ended, holds its rate and goes on with stages that come', () => {
  const users = createTimedUsers(() => 1);
  const schedule = new RampingArrivals(100, [{ durationMs: 100, target: 100 }], true, alone);
  const { executor, onEnd } = start(schedule, users, { preAllocatedVus: 2, maxVus: 2 });
  vi.advanceTimersByTime(1_000);
  expect(sent(users)).toBe(100);
  executor.extend(1_000, [{ durationMs: 0, target: 10 }], false);
  vi.advanceTimersByTime(1_000);
  expect(sent(users)).toBe(110);
  executor.extend(2_000, [{ durationMs: 500, target: 10 }], true);
  vi.advanceTimersByTime(501);
  expect([sent(users), users.iterations, onEnd.mock.calls.length]).toEqual([115, 115, 1]);
  executor.extend(2_501, [{ durationMs: 500, target: 10 }], true);
  vi.advanceTimersByTime(1_000);
  expect(sent(users)).toBe(115);
});

test('open-ended without a rate, sets no timer that would spin', () => {
  const users = createTimedUsers(() => 1);
  const { executor } = start(new RampingArrivals(0, [{ durationMs: 0, target: 0 }], true, alone), users, { preAllocatedVus: 1, maxVus: 1 });
  expect(vi.getTimerCount()).toBe(0);
  executor.extend(0, [{ durationMs: 100, target: 100 }], true);
  vi.advanceTimersByTime(101);
  expect(users.iterations).toBe(5);
});

test('stops at once when told, also before the start', () => {
  const users = createTimedUsers(() => Infinity);
  const { executor, onEnd } = start(new ConstantArrivals(100, 1_000, alone), users, { preAllocatedVus: 9, maxVus: 9 });
  vi.advanceTimersByTime(50);
  executor.stop();
  executor.stop();
  expect(onEnd).toHaveBeenCalledOnce();
  expect(users.clients.every(({ isClosed }) => isClosed)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
