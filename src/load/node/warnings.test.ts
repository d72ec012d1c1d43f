import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import { describeLimits, type RunFacts } from './warnings.ts';

const quiet: RunFacts = {
  scenario: { executor: 'constant-arrival-rate', rate: 10, durationMs: 1_000, preAllocatedVus: 5, maxVus: 20 },
  workers: 1,
  utilization: Array.from({ length: 20 }, () => 0.5),
  lateness: new Histogram(),
  dropped: 0,
  redirects: 0,
  failures: new Map(),
  lostWorkers: [],
};

function lateness(share: number, lateMs: number): Histogram {
  const histogram = new Histogram();
  for (let start = 0; start < 1_000; start++) histogram.record(start < share * 1_000 ? lateMs : 1);
  return histogram;
}

const busyFor = (seconds: number): number[] => quiet.utilization.map((share, second) => (second < seconds ? 0.987 : share));

test('a run without limits has no warnings', () => {
  expect(describeLimits(quiet)).toEqual([]);
  expect(describeLimits({ ...quiet, utilization: busyFor(1), lateness: lateness(0.005, 900) })).toEqual([]);
  expect(describeLimits({ ...quiet, utilization: [] })).toEqual([]);
});

test('says when the generator was busy, with its figures', () => {
  const [warning, ...others] = describeLimits({ ...quiet, utilization: busyFor(2), workers: 2 });
  expect(warning).toMatch(/^the generator, not the service, was the limit: in 2 of 20 s .* 90 % .*\(99 % at most, 2 workers\)/);
  expect(others).toEqual([]);
});

test('says when starts were late', () => {
  expect(describeLimits({ ...quiet, lateness: lateness(0.02, 44) })).toEqual([
    'the generator could not keep the schedule: 1 % of the iterations started more than 44.0 ms late, at most 44.0 ms',
  ]);
});

test('says what was dropped, redirected, unanswered and lost', () => {
  const facts: RunFacts = {
    ...quiet,
    dropped: 1_234,
    redirects: 1,
    failures: new Map([['ECONNRESET', 2], ['timed out', 5_000]]),
    lostWorkers: [{ name: 'worker-2', requests: 77, problem: 'out of memory' }],
  };
  expect(describeLimits(facts)).toEqual([
    'worker-2 died (out of memory): what it measured, 77 requests at least, is missing',
    '1,234 iterations dropped: all virtual users were busy when due (5 at first, 20 at most), so the load was lower than asked for',
    "1 response redirected elsewhere; the node engine doesn't follow, k6 does",
    'requests without a response: 5,000 timed out, 2 ECONNRESET',
  ]);
});
