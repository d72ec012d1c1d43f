import { expect, test } from 'vitest';
import { finishedTest } from '../../load/summary.fixture.ts';
import type { PercentileBracket } from '../../load/summary-brackets.ts';
import { type LoadTestResult, summarise } from '../../load/summary.ts';
import { plainStyle } from '../style.ts';
import { presentLoadSummary } from './load-summary.ts';
import { percentileWords } from '../../load/percentile-words.ts';

const bracket = { metric: 'http_req_duration', percentile: 'p(95)', value: 2.08, low: 2.0712, high: 2.0801, rankError: 0.0002 };

function merged(brackets: readonly PercentileBracket[], thresholds?: readonly string[]): LoadTestResult {
  const test = finishedTest({ runners: [1, 2, 3].map((index) => ({ name: `k6-${index}`, exitCode: 0, payload: index === 3 ? 'lost' : 'received', requests: 10 })) }, thresholds);
  return { ...summarise(test), percentiles: { method: 'grid', rankError: 0.001_01, brackets } };
}

test('where the 95th percentile of all runners lies', () => {
  expect(percentileWords(merged([bracket, { ...bracket, percentile: 'p(90)' }]))).toBe(
    'percentiles merged from 2 runners, ranks within 0.11 %: p(95) of http_req_duration lies in 2.07ms .. 2.09ms',
  );
});

test('it has a line of its own in the summary', () => {
  const lines = presentLoadSummary(merged([bracket]), plainStyle).split('\n');
  expect(lines.slice(-2)).toEqual([expect.stringMatching(/^ {2}percentiles merged from 2 runners.* \.\. 2\.09ms$/), expect.stringMatching(/^ {2}load from 2 cores/)]);
});

test('percentiles of thresholds are told too, others not', () => {
  const brackets = [bracket, { ...bracket, percentile: 'p(99.9)', low: 61_000, high: 61_001 }, { ...bracket, metric: 'iteration_duration', percentile: 'med', low: 0, high: 0 }];
  expect(percentileWords(merged(brackets, ['http_req_duration:p(99.90)<200', 'iteration_duration:med<1', 'iteration_duration:p(90)<1']))).toMatch(
    /2\.09ms; p\(99\.9\) of http_req_duration lies in 1m1s \.\. 1m2s; med of iteration_duration is 0s$/,
  );
});

test.each([
  [0.000_001_2, 0.000_002_1, '1ns .. 3ns'],
  [0.335_112, 0.335_118, '335.11µs .. 335.12µs'],
  [0.999_999, 1, '999.99µs .. 1ms'],
  [2.07, 2.08, '2.07ms .. 2.08ms'],
  [999.994, 999.996, '999.99ms .. 1s'],
  [1_000.5, 1_001, '1s .. 1.01s'],
  [59_999, 59_999.9, '59.99s .. 1m0s'],
])('the ends of a bracket are rounded outwards: %d .. %d', (low, high, words) => {
  expect(percentileWords(merged([{ ...bracket, low, high }]))).toContain(`lies in ${words}`);
});
