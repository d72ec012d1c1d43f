import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LoopingVus } from './looping-vus.ts';
import { createTimedUsers, type TimedUsers } from './users.fixture.ts';
import { type VuStep, vuSteps } from './vu-schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

function start(steps: Iterable<VuStep>, users: TimedUsers, gracefulStopMs = 30_000): { executor: LoopingVus; onEnd: ReturnType<typeof vi.fn> } {
  const onEnd = vi.fn<() => void>();
  const executor = new LoopingVus({ steps, maxVus: 9, gracefulStopMs, users: users.options, onEnd });
  executor.start();
  return { executor, onEnd };
}

const requestsOf = (users: TimedUsers): number[] => users.clients.map(({ requests }) => requests);

const constant = (vus: number, durationMs: number): Iterable<VuStep> => vuSteps(vus, [{ durationMs, target: vus }]);

describe('constant virtual users', () => {
  test('iterate without a pause until the end, and finish what they began', () => {
    const users = createTimedUsers(() => 30);
    const { executor, onEnd } = start(constant(2, 100), users);
    expect(executor.activeVus).toBe(2);
    vi.advanceTimersByTime(119);
    expect([users.iterations, executor.activeVus]).toEqual([6, 2]);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect([users.iterations, executor.activeVus]).toEqual([8, 0]);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(users.clients.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('think after each request, within the iteration', () => {
    const users = createTimedUsers(() => 10, 90);
    start(constant(1, 1_000), users);
    vi.advanceTimersByTime(999);
    expect([users.iterations, users.clients[0]?.requests]).toEqual([9, 10]);
    const durations = users.metrics.trend('iteration_duration');
    expect([durations.min, durations.max]).toEqual([100, 100]);
  });

  test('still think when the end comes, and are then complete', () => {
    const users = createTimedUsers(() => 10, 90);
    const { onEnd } = start(constant(1, 150), users);
    vi.advanceTimersByTime(199);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(users.iterations).toBe(2);
  });

  test('are interrupted when the graceful stop is over, and what was under way is not counted', () => {
    const users = createTimedUsers((user) => (user === 0 ? Infinity : 40));
    const { onEnd } = start(constant(2, 100), users, 50);
    vi.advanceTimersByTime(149);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledOnce();
    expect([users.iterations, users.metrics.counter('http_reqs').count]).toEqual([3, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stop at once when told, thinking or waiting', () => {
    const users = createTimedUsers((user) => (user === 0 ? Infinity : 10), 50);
    const { executor, onEnd } = start(constant(2, 1_000), users);
    vi.advanceTimersByTime(30);
    executor.stop();
    expect(onEnd).toHaveBeenCalledOnce();
    expect([executor.activeVus, users.iterations, users.metrics.counter('http_reqs').count]).toEqual([0, 0, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('end when told before the start', () => {
    const onEnd = vi.fn<() => void>();
    new LoopingVus({ steps: constant(1, 10), maxVus: 1, gracefulStopMs: 0, users: createTimedUsers(() => 1).options, onEnd }).stop();
    expect(onEnd).toHaveBeenCalledOnce();
  });
});

describe('ramping virtual users', () => {
  test('come one after the other and go in the opposite order', () => {
    const users = createTimedUsers(() => 7);
    const { executor } = start(vuSteps(0, [{ durationMs: 300, target: 3 }, { durationMs: 300, target: 0 }]), users);
    const active = Array.from({ length: 6 }, () => {
      vi.advanceTimersByTime(100);
      return executor.activeVus;
    });
    expect(active).toEqual([1, 2, 3, 3, 2, 1]);
    vi.advanceTimersByTime(10);
    expect(executor.activeVus).toBe(0);
    expect(requestsOf(users)).toEqual([72, 43, 15]);
  });

  test('may finish their iteration after they were ramped down, not more', () => {
    const users = createTimedUsers((user) => (user === 1 ? 60 : 10));
    const { executor, onEnd } = start(vuSteps(2, [{ durationMs: 20, target: 1 }, { durationMs: 200, target: 1 }]), users, 30);
    vi.advanceTimersByTime(49);
    expect(executor.activeVus).toBe(2);
    vi.advanceTimersByTime(1);
    expect([executor.activeVus, users.clients[1]?.isClosed, users.iterations]).toEqual([1, true, 5]);
    vi.advanceTimersByTime(200);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(requestsOf(users)[1]).toBe(1);
  });

  test('go on with their iteration when they are wanted again in time', () => {
    const users = createTimedUsers(() => 100);
    const steps = vuSteps(1, [{ durationMs: 10, target: 0 }, { durationMs: 10, target: 1 }, { durationMs: 300, target: 1 }]);
    const { executor } = start(steps, users, 50);
    vi.advanceTimersByTime(150);
    expect([executor.activeVus, users.iterations, requestsOf(users)]).toEqual([1, 1, [2]]);
  });

  test('come back with a new connection when they had gone', () => {
    const users = createTimedUsers(() => 10);
    start(vuSteps(1, [{ durationMs: 10, target: 0 }, { durationMs: 100, target: 0 }, { durationMs: 0, target: 1 }, { durationMs: 50, target: 1 }]), users);
    vi.advanceTimersByTime(50);
    expect([users.clients.length, users.clients[0]?.isClosed]).toEqual([1, true]);
    vi.advanceTimersByTime(70);
    expect([users.clients.length, users.clients[0]?.isClosed]).toEqual([1, false]);
  });
});

test('stages cannot be added', () => {
  const { executor } = start(constant(1, 10), createTimedUsers(() => 1));
  expect(() => executor.extend()).toThrow(TypeError);
});
