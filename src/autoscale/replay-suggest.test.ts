import { expect, test } from 'vitest';
import type { ReplayMeasures } from './replay-measures.ts';
import { suggestSettings } from './replay-suggest.ts';

const own: ReplayMeasures = { podSeconds: 500, shortMs: 0, peakPercent: 80, atMaxMs: 0, minReplicas: 3, maxReplicas: 8, changes: 4 };

function suggest(base: Partial<ReplayMeasures>, ...others: readonly Partial<ReplayMeasures>[]) {
  const alternatives = others.map((measures, index) => ({ name: index, measures: { ...own, ...measures } }));
  const { alternative, reasons } = suggestSettings({ ...own, ...base }, alternatives);
  return { name: alternative?.name, reasons: reasons.join('; ') };
}

test('while ready replicas are short of CPU, the least short is suggested, and of such the cheapest', () => {
  const { name, reasons } = suggest({ shortMs: 9_000, atMaxMs: 5_000 }, { shortMs: 3_000 }, { shortMs: 0, podSeconds: 700 }, { shortMs: 200, podSeconds: 600 });
  expect(name).toBe(2);
  expect(reasons).toMatch(/9\.0 s; for 5\.0 s the CPU asked for more .*; here for 0\.2 s.*; that takes 20 % more pod-seconds/);
});

test('nothing that makes the short time clearly shorter: no suggestion', () => {
  expect(suggest({ shortMs: 9_000 }, { shortMs: 8_500 }, { shortMs: 20_000, podSeconds: 100 }).name).toBeUndefined();
});

test('while nothing is short, the cheapest that stays as safe is suggested', () => {
  expect(suggest({}, { podSeconds: 460 }, { podSeconds: 420, peakPercent: 90 }, { podSeconds: 480 })).toMatchObject({ name: 1, reasons: expect.stringMatching(/16 % fewer/) });
});

test.each<[string, Partial<ReplayMeasures>]>([
  ['saves too little', { podSeconds: 480 }],
  ['is short', { podSeconds: 300, shortMs: 100 }],
  ['leaves no headroom', { podSeconds: 300, peakPercent: 95 }],
  ['changes the replicas too often', { podSeconds: 300, changes: 7 }],
  ['is held by its maximum', { podSeconds: 300, atMaxMs: 10 }],
])('what %s is not suggested', (_, measures) => {
  expect(suggest({}, measures).name).toBeUndefined();
});
