import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import type { WorkerSample } from './messages.ts';
import { ProgressMerger } from './progress.ts';

function sample(elapsedMs: number, requests: number, durations: readonly number[] = [], more: Partial<WorkerSample> = {}): WorkerSample {
  const histogram = new Histogram();
  for (const duration of durations) histogram.record(duration);
  return { elapsedMs, requests, durations: histogram.toTransfer(), activeVus: 2, allocatedVus: 3, failed: 1, dropped: 4, utilization: 0.5, isLast: false, ...more };
}

test('one worker: rates and percentiles are of the last second, counts of all time', () => {
  const merger = new ProgressMerger(1);
  merger.add(0, sample(1_000, 100, [1, 2, 3]));
  expect(merger.take()?.progress).toEqual({
    elapsedMs: 1_000, vus: 2, requests: 100, failed: 1, requestsPerSecond: 100, p50Ms: 2, p95Ms: 2.9, p99Ms: 2.98, droppedIterations: 4,
  });
  merger.add(0, sample(1_500, 250, [9]));
  expect(merger.take()?.progress).toMatchObject({ elapsedMs: 1_500, requests: 250, requestsPerSecond: 300, p50Ms: 9, p99Ms: 9 });
  merger.add(0, sample(2_500, 250));
  expect(merger.take()?.progress).toMatchObject({ requestsPerSecond: 0, p50Ms: null, p95Ms: null, p99Ms: null });
  expect(merger.take()).toBeUndefined();
});

test('several workers: waits for all, adds up counts and pools durations', () => {
  const merger = new ProgressMerger(2);
  merger.add(0, sample(1_000, 10, [1, 1], { utilization: 0.2 }));
  expect(merger.take()).toBeUndefined();
  merger.add(0, sample(2_000, 20, [1]));
  merger.add(1, sample(1_010, 30, [4], { utilization: 0.9 }));
  expect(merger.take()).toMatchObject({
    progress: { elapsedMs: 1_010, vus: 4, requests: 40, failed: 2, p50Ms: 1, droppedIterations: 8 },
    allocatedVus: 6,
    utilization: 0.9,
    isLast: false,
  });
  expect(merger.take()).toBeUndefined();
});

test('a worker that has ended keeps its counts and is waited for no more', () => {
  const merger = new ProgressMerger(2);
  merger.add(0, sample(300, 10, [1], { isLast: true, activeVus: 0 }));
  merger.add(1, sample(1_000, 50, [2]));
  expect(merger.take()).toMatchObject({ progress: { requests: 60, vus: 2 }, isLast: false });
  merger.add(1, sample(2_000, 90, [2]));
  expect(merger.take()).toMatchObject({ progress: { elapsedMs: 2_000, requests: 100, requestsPerSecond: 40, vus: 2 }, isLast: false });
  merger.add(1, sample(2_100, 95, [2], { isLast: true, activeVus: 0 }));
  expect(merger.take()).toMatchObject({ progress: { requests: 105, vus: 0 }, isLast: true });
});

test('a worker that died is waited for no more', () => {
  const merger = new ProgressMerger(2);
  merger.add(0, sample(1_000, 10));
  merger.close(1);
  expect(merger.take()).toMatchObject({ progress: { requests: 10 } });
});
