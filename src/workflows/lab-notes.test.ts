import { expect, test } from 'vitest';
import { createBehavior } from '../autoscale/behavior.ts';
import { idleAutoscaler } from '../targets/idle-autoscaler.ts';
import type { PodSnapshot } from '../targets/target.ts';
import { noteLowered, noteNoScaleOut } from './lab-notes.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

const settings = { cpuTarget: 50, cpuRequestMillicores: 100, behavior: createBehavior({}) };

function sampleOf(ready: number, cpuMillicores: number | null, requestsPerSecond: number | null): SnapshotSample {
  const pod: PodSnapshot = {
    name: 'a',
    ready: true,
    terminating: false,
    restarts: 0,
    cpuMillicores,
    memoryBytes: null,
    requests: null,
    requestsPerSecond,
    pricesSha256: null,
    problem: null,
  };
  return {
    ms: 0,
    snapshot: {
      atMs: 0,
      state: 'ready',
      identity: { target: 'local', context: null, namespace: 'n', name: 's' },
      url: null,
      image: null,
      replicas: { min: 3, max: 10, desired: ready, ready },
      autoscaler: idleAutoscaler('emulated', 50, ''),
      pods: [pod],
      prices: null,
      problem: null,
    },
  };
}

test('a service that stayed as it was is told the rate that would have made it scale', () => {
  // 5m when idle and 0.1m for each request a second: 165m are 1,600 requests/s.
  const notes = noteNoScaleOut([sampleOf(3, 5, 0), sampleOf(3, 15, 100), sampleOf(3, 10, 50)], settings);
  expect(notes).toEqual([expect.stringMatching(/at most 15m of CPU.*above 165m of the 300m that 3 replicas request/), expect.stringMatching(/takes 1600 requests\/s/)]);
});

test('without a change of load there is nothing to learn from', () => {
  expect(noteNoScaleOut([sampleOf(3, 5, 50), sampleOf(3, 6, 50)], settings)).toEqual([]);
});

test('a service that scaled out needs no word', () => {
  expect(noteNoScaleOut([sampleOf(3, 200, 100), sampleOf(4, 200, 100)], settings)).toEqual([]);
});

test('nothing is said of what was not measured', () => {
  expect(noteNoScaleOut([sampleOf(3, null, null)], settings)).toEqual([]);
  expect(noteNoScaleOut([], settings)).toEqual([]);
});

test('the lowest of the lowered rates is named', () => {
  expect(noteLowered([])).toEqual([]);
  expect(noteLowered([{ rate: 900, isLowered: true }, { rate: 800, isLowered: true }])).toEqual([expect.stringMatching(/800\/s.*80 %/)]);
});
