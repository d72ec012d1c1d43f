import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

const expired = vi.fn<() => void>();
let deadline = new Deadline(100, expired);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  deadline = new Deadline(100, expired);
});

test('expires after its limit, once', () => {
  deadline.start(performance.now());
  vi.advanceTimersByTime(99);
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);
  expect(expired).toHaveBeenCalledOnce();
});

test('a stopped one never expires, and leaves no timer once that has fired', () => {
  deadline.start(performance.now());
  deadline.stop();
  vi.advanceTimersByTime(100);
  expect(expired).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('each request has the whole limit, and all of them one timer', () => {
  for (let request = 0; request < 10; request++) {
    deadline.start(performance.now());
    vi.advanceTimersByTime(30);
    expect(vi.getTimerCount()).toBe(1);
    deadline.stop();
  }
  deadline.start(performance.now());
  vi.advanceTimersByTime(99);
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(expired).toHaveBeenCalledOnce();
});

test('closing clears the timer', () => {
  deadline.start(performance.now());
  deadline.close();
  expect(vi.getTimerCount()).toBe(0);
});
