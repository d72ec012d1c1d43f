import { describe, expect, test } from 'vitest';
import { UsageError } from '../tools/errors.ts';
import { buildProfile, defaultThresholds, type ProfileOptions, vusForRate } from './profile-builder.ts';
import { describeProfile, profileLengthMs } from './profile-description.ts';
import type { Profile } from './profile.ts';

const seedStages = (vus: number) => [
  { durationMs: 120_000, target: vus },
  { durationMs: 300_000, target: vus },
  { durationMs: 120_000, target: 0 },
];

test('without options it is the original experiment', () => {
  expect(buildProfile({})).toEqual({
    name: 'seed',
    scenario: { executor: 'ramping-vus', startVus: 0, stages: seedStages(100) },
    thinkTimeMs: 1_000,
    thresholds: defaultThresholds,
    gracefulStopMs: 30_000,
  });
});

describe.each<[string, ProfileOptions, Pick<Profile, 'name' | 'scenario' | 'thinkTimeMs'>, number, string]>([
  [
    'virtual users alone scale the original',
    { vus: 250 },
    { name: 'seed', thinkTimeMs: 1_000, scenario: { executor: 'ramping-vus', startVus: 0, stages: seedStages(250) } },
    540_000,
    'ramping to 250 VUs over 9 m, thinking 1 s after each request',
  ],
  [
    'a duration means constant virtual users',
    { durationMs: 20_000 },
    { name: 'custom', thinkTimeMs: 1_000, scenario: { executor: 'constant-vus', vus: 100, durationMs: 20_000 } },
    20_000,
    '100 VUs for 20 s, thinking 1 s after each request',
  ],
  [
    'a think time of 0 is one',
    { vus: 1, durationMs: 90_000, thinkTimeMs: 0 },
    { name: 'custom', thinkTimeMs: 0, scenario: { executor: 'constant-vus', vus: 1, durationMs: 90_000 } },
    90_000,
    '1 VU for 1 m 30 s',
  ],
  [
    'stages start at no virtual user',
    { stages: '30s:20, 1m:1500 ,0s:0' },
    {
      name: 'custom',
      thinkTimeMs: 1_000,
      scenario: {
        executor: 'ramping-vus',
        startVus: 0,
        stages: [
          { durationMs: 30_000, target: 20 },
          { durationMs: 60_000, target: 1_500 },
          { durationMs: 0, target: 0 },
        ],
      },
    },
    90_000,
    'ramping to 1,500 VUs over 1 m 30 s, thinking 1 s after each request',
  ],
  [
    'virtual users with stages are where they start',
    { vus: 50, stages: '30s:20' },
    { name: 'custom', thinkTimeMs: 1_000, scenario: { executor: 'ramping-vus', startVus: 50, stages: [{ durationMs: 30_000, target: 20 }] } },
    30_000,
    'ramping to 50 VUs over 30 s, thinking 1 s after each request',
  ],
  [
    'a rate has no thinking',
    { rate: '500/s', durationMs: 60_000 },
    {
      name: 'custom',
      thinkTimeMs: 0,
      scenario: { executor: 'constant-arrival-rate', rate: 500, durationMs: 60_000, preAllocatedVus: 25, maxVus: 500 },
    },
    60_000,
    '500 requests/s for 1 m',
  ],
])('%s', (_rule, options, expected, lengthMs, words) => {
  const profile = buildProfile(options);

  test('its profile', () => expect(profile).toMatchObject(expected));
  test('its length', () => expect(profileLengthMs(profile)).toBe(lengthMs));
  test('its description', () => expect(describeProfile(profile)).toBe(words));
});

test('an open-ended profile has no known length', () => {
  const stages = [{ durationMs: 5_000, target: 500 }];
  const scenario = { executor: 'ramping-arrival-rate', startRate: 500, stages, preAllocatedVus: 8, maxVus: 64 } as const;
  const profile = { ...buildProfile({}), thinkTimeMs: 0 };
  const open = { ...profile, scenario: { ...scenario, openEnded: true } };
  const closed = { ...profile, scenario: { ...scenario, openEnded: false } };
  expect([profileLengthMs(open), describeProfile(open)]).toEqual([null, '500 requests/s at first, then as the service takes it']);
  expect([profileLengthMs(closed), describeProfile(closed)]).toEqual([5_000, 'ramping from 500 requests/s to 500 over 5 s']);
});

test('thresholds of the user replace the defaults', () => {
  const { thresholds } = buildProfile({ thresholds: ['http_req_duration:p(95)<200', 'checks:rate>0.99', 'http_req_duration:max<1000'] });
  expect(thresholds).toEqual({ http_req_duration: ['p(95)<200', 'max<1000'], checks: ['rate>0.99'] });
  expect(buildProfile({ thresholds: [] }).thresholds).toEqual(defaultThresholds);
});

test.each<[string, ProfileOptions]>([
  ['--vus', { vus: 0 }],
  ['--vus', { vus: -1 }],
  ['--vus', { vus: 1.5 }],
  ['--vus', { vus: Number.NaN }],
  ['--vus', { vus: 100_001 }],
  ['--stages', { stages: '2x:1' }],
  ['--stages', { stages: '' }],
  ['--stages', { stages: '2m' }],
  ['--stages', { stages: '2m:' }],
  ['--stages', { stages: ':5' }],
  ['--stages', { stages: '2m:-5' }],
  ['--stages', { stages: '2m:1.5' }],
  ['--stages', { stages: '2m:NaN' }],
  ['--stages', { stages: '2m:100,' }],
  ['--stages', { stages: '2m:100001' }],
  ['--stages', { stages: '-2m:100' }],
  ['--stages', { stages: '2m:0,1m:0' }],
  ['--stages', { stages: '0s:10' }],
  ['--stages', { stages: '13h:10,13h:10' }],
  ['--rate', { rate: '0/s', durationMs: 1_000 }],
  ['--rate', { rate: '-5/s', durationMs: 1_000 }],
  ['--rate', { rate: 'many', durationMs: 1_000 }],
  ['--rate', { rate: '5/d', durationMs: 1_000 }],
  ['--rate', { rate: '5/', durationMs: 1_000 }],
  ['--rate', { rate: 'Infinity', durationMs: 1_000 }],
  ['--rate', { rate: '1000001/s', durationMs: 1_000 }],
  ['--rate', { rate: '500/s' }],
  ['--duration', { durationMs: 0 }],
  ['--duration', { durationMs: -1 }],
  ['--duration', { durationMs: Number.NaN }],
  ['--duration', { durationMs: 86_400_001 }],
  ['--think-time', { thinkTimeMs: -1 }],
  ['--think-time', { thinkTimeMs: Number.NaN }],
  ['--think-time', { thinkTimeMs: Infinity }],
  ['--stages', { stages: '2m:100', durationMs: 60_000 }],
  ['--stages', { stages: '2m:100', rate: '5/s' }],
  ['--rate', { rate: '5/s', vus: 10, durationMs: 60_000 }],
  ['--rate', { rate: '5/s', thinkTimeMs: 10, durationMs: 60_000 }],
  ['--threshold', { thresholds: ['p(95)<200'] }],
])('%s: refuses %j on one line with an example', (flag, options) => {
  expect(() => buildProfile(options)).toThrow(UsageError);
  expect(() => buildProfile(options)).toThrow(new RegExp(`^${flag} [^\\n]*(such as|as --)[^\\n]*$`));
});

test.each([
  ['500/s', 500],
  ['30/m', 0.5],
  ['1800/h', 0.5],
  ['250', 250],
  ['0.5', 0.5],
])('reads the rate %s as %d a second', (rate, perSecond) => {
  expect(buildProfile({ rate, durationMs: 1_000 }).scenario).toMatchObject({ rate: perSecond });
});

test.each([0.1, 100, 500, 20_000, 1_000_000])('a rate of %d/s gets virtual users within bounds', (rate) => {
  const { preAllocatedVus, maxVus } = vusForRate(rate);
  expect(preAllocatedVus).toBeGreaterThanOrEqual(10);
  expect(maxVus).toBeGreaterThanOrEqual(preAllocatedVus);
  expect(maxVus).toBeLessThanOrEqual(5_000);
});
