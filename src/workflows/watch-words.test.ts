import { expect, test } from 'vitest';
import { decisionFor, podSnapshot, watchedSnapshot, watchMoment } from './watch.fixture.ts';
import { cpuRequests, decisionWords, metricAgeMs, toleranceBand } from './watch-words.ts';

const names = ['price-api-1', 'price-api-2', 'price-api-3'];
const clock = (ms: number) => `T+${ms / 1_000}`;

function decided(atMs: number) {
  const autoscaler = { decision: decisionFor(132, names, 0), nextSyncAtMs: 15_000, metricAgeMs: 1_000, tolerance: { scaleUp: 0.1, scaleDown: 0.2 } };
  return watchMoment({ atMs, snapshot: watchedSnapshot({ autoscaler }) });
}

test('the decision in words, with the time of the day and the seconds until the next look', () => {
  const wish = 'CPU 132 % of request, target 50 %: wants 8; +4 per 15 s allows 7; may go to 8 at T+15';
  expect(decisionWords(decided(6_000), clock)).toBe(`${wish}, next look in 9 s`);
  expect(decisionWords(decided(20_000), clock)).toBe(`${wish}, next look in 0 s`);
});

test('a clock that was set back an hour leaves out when it looks next', () => {
  expect(decisionWords(decided(-3_600_000), clock)).not.toContain('next look');
});

test('without a decision the words of the autoscaler count, without a snapshot there are none', () => {
  expect(decisionWords(watchMoment(), clock)).toBe('it has not looked yet');
  expect(decisionWords(watchMoment({ snapshot: null }), clock)).toBe('');
});

test('the metric ages after the snapshot, never backwards', () => {
  expect(metricAgeMs(decided(2_500))).toBe(3_500);
  expect(metricAgeMs(decided(-9_000))).toBe(1_000);
  expect(metricAgeMs(watchMoment())).toBeNull();
});

test('the band lies about the target by each tolerance', () => {
  expect(toleranceBand(decided(0))).toEqual({ low: 40, high: expect.closeTo(55) });
  expect(toleranceBand(watchMoment())).toBeNull();
});

test('what replicas request is known from the look', () => {
  expect(cpuRequests(decided(0))).toEqual(new Map(names.map((name) => [name, 100])));
  expect(cpuRequests(watchMoment({ snapshot: watchedSnapshot({ pods: [podSnapshot('a')] }) }))).toEqual(new Map());
});
