import { expect, test } from 'vitest';
import type { Profile } from '../profile.ts';
import { buildProfile, type ProfileOptions } from '../profile-builder.ts';
import { mostRequests, refuseManySamples } from './sample-bound.ts';

test.each<[string, ProfileOptions, number | null]>([
  ['an arrival rate', { rate: '10/s', durationMs: 3_050 }, 31],
  ['users that think', { vus: 4, durationMs: 10_000, thinkTimeMs: 500 }, 80],
  ['users that do not', { vus: 4, durationMs: 10_000, thinkTimeMs: 0 }, null],
  ['a ramp', { stages: '10s:100,10s:100,10s:0', thinkTimeMs: 1_000 }, 2_000],
])('of %s the most requests are known before', (_, options, expected) => {
  expect(mostRequests(buildProfile(options))).toBe(expected);
});

test.each<[string, Profile['scenario'], number | null]>([
  ['a ramp of the rate', { executor: 'ramping-arrival-rate', startRate: 100, stages: [{ durationMs: 10_000, target: 300 }], preAllocatedVus: 1, maxVus: 1, openEnded: false }, 2_000],
  ['one without an end', { executor: 'ramping-arrival-rate', startRate: 100, stages: [], preAllocatedVus: 1, maxVus: 1, openEnded: true }, null],
  ['a script', { executor: 'script', file: 'a.js' }, null],
])('and of %s', (_, scenario, expected) => {
  expect(mostRequests({ ...buildProfile({}), scenario })).toBe(expected);
});

test('more than 100 MB a runner are refused, with what they would be', () => {
  const profile = buildProfile({ rate: '1000/s', durationMs: 60_000 });
  expect(() => refuseManySamples(profile, 2)).toThrow(
    expect.objectContaining({ kind: 'usage', message: '--raw keeps 100 MB of samples a runner, and this load may make 138 MB of 30,000 requests on one' }),
  );
  expect(() => refuseManySamples(profile, 3)).not.toThrow();
});

test('the runner with the most virtual users counts', () => {
  const profile = buildProfile({ vus: 5, durationMs: 1_900_000, thinkTimeMs: 200 });
  expect(() => refuseManySamples(profile, 3)).not.toThrow();
  expect(() => refuseManySamples(buildProfile({ vus: 5, durationMs: 2_200_000, thinkTimeMs: 200 }), 3)).toThrow(expect.objectContaining({ message: expect.stringMatching(/22,000 requests on one$/) }));
});

test('what nobody knows before is not refused', () => {
  expect(() => refuseManySamples(buildProfile({ vus: 1_000, durationMs: 3_600_000, thinkTimeMs: 0 }), 1)).not.toThrow();
});
