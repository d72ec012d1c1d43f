import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Alarm } from './alarm.ts';

const rung = vi.fn<() => void>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

test('rings once, at the time that was set last', () => {
  const alarm = new Alarm(rung);
  alarm.set(10);
  alarm.set(19.5);
  vi.advanceTimersByTime(19);
  expect(rung).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(rung).toHaveBeenCalledOnce();
});

test('never rings when cleared or set to never', () => {
  const alarm = new Alarm(rung);
  alarm.set(10);
  alarm.clear();
  alarm.set(10);
  alarm.set(Infinity);
  expect(vi.getTimerCount()).toBe(0);
});

test('does not take a long time for a short one', () => {
  new Alarm(rung).set(2 ** 40);
  vi.advanceTimersByTime(1_000);
  expect(rung).not.toHaveBeenCalled();
});
