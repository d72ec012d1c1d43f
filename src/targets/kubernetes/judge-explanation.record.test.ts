import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assess } from '../../../test/autoscaler/assess.ts';
import { decodeRecord } from '../../../test/autoscaler/record.ts';
import type { AutoscalerSight } from './judge-hpa-sight.ts';

function readRecord(name: string): readonly AutoscalerSight[] {
  return decodeRecord(readFileSync(new URL(`../../../test/fixtures/autoscaler/${name}.jsonl.gz`, import.meta.url)));
}

describe('against the real controller over a scale-out and a scale-in (test/fixtures/autoscaler/README.md)', () => {
  test('each of its changes is explained from readings no newer than it, and nothing else is predicted', () => {
    const { changes, ...rest } = assess(readRecord('scaling'));
    expect(changes.map(({ from, to, isExplained, isAmbiguous }) => [from, to, isExplained, isAmbiguous])).toEqual([
      [2, 4, true, false],
      [4, 5, true, false],
      [5, 6, true, false],
      [6, 5, true, false],
      [5, 4, true, false],
      [4, 3, true, false],
      [3, 2, true, false],
    ]);
    expect(rest).toEqual({ moments: 344, unsure: 0, overtaken: 0, falsePredictions: [] });
  });

  test('where readings come in the same second as its looks, one of the two around each change explains it', () => {
    const { changes, ...rest } = assess(readRecord('scaling-in-step'));
    expect(changes.map(({ from, to, isExplained, isAmbiguous }) => [from, to, isExplained, isAmbiguous])).toEqual([
      [2, 3, true, true],
      [3, 4, true, true],
      [4, 3, true, true],
      [3, 2, true, true],
    ]);
    expect(rest).toEqual({ moments: 420, unsure: 0, overtaken: 0, falsePredictions: [] });
  });

  test('a wrong reading is found out', () => {
    const slower = readRecord('scaling').map((sight) => ({ ...sight, podMetrics: sight.podMetrics?.map((metrics) => ({ ...metrics, containers: metrics.containers.map((one) => ({ ...one, usage: { ...one.usage, cpu: '90m' } })) })) }));
    const { changes, falsePredictions } = assess(slower);
    expect(changes.filter(({ isExplained }) => isExplained).length).toBeLessThan(changes.length);
    expect(falsePredictions.length).toBeGreaterThan(0);
  });
});
