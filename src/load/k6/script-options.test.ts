import { expect, test } from 'vitest';
import type { Profile, Scenario } from '../profile.ts';
import { k6Options } from './script-options.ts';

const optionsFor = (scenario: Scenario, thresholds: Profile['thresholds'] = {}) =>
  k6Options({ name: 'custom', scenario, thinkTimeMs: 0, thresholds, gracefulStopMs: 5_000 }, 'pricectl');
const scenarioOf = (scenario: Scenario) => optionsFor(scenario).scenarios['price'];

test('constant virtual users', () => {
  expect(scenarioOf({ executor: 'constant-vus', vus: 7, durationMs: 1_500 })).toEqual({ executor: 'constant-vus', vus: 7, duration: '1500ms', gracefulStop: '5000ms' });
});

test('a ramp of virtual users ramps down as gracefully as it stops', () => {
  const stages = [
    { durationMs: 2_000, target: 5 },
    { durationMs: 0, target: 0 },
  ];
  expect(scenarioOf({ executor: 'ramping-vus', startVus: 1, stages })).toEqual({
    executor: 'ramping-vus',
    startVUs: 1,
    stages: [
      { duration: '2000ms', target: 5 },
      { duration: '0ms', target: 0 },
    ],
    gracefulStop: '5000ms',
    gracefulRampDown: '5000ms',
  });
});

test('a constant rate a second', () => {
  expect(scenarioOf({ executor: 'constant-arrival-rate', rate: 40, durationMs: 3_000, preAllocatedVus: 2, maxVus: 9 })).toEqual({
    executor: 'constant-arrival-rate',
    rate: 40,
    timeUnit: '1s',
    duration: '3000ms',
    preAllocatedVUs: 2,
    maxVUs: 9,
    gracefulStop: '5000ms',
  });
});

test.each([
  [0.5, 5, '10s'],
  [1 / 3, 20, '60s'],
  [1 / 7, 142_857, '1000000s'],
])('k6 takes whole rates only: %f a second is %i in %s', (rate, whole, timeUnit) => {
  expect(scenarioOf({ executor: 'constant-arrival-rate', rate, durationMs: 3_000, preAllocatedVus: 1, maxVus: 1 })).toMatchObject({ rate: whole, timeUnit });
});

test('a ramp of rates has one time unit', () => {
  const stages = [
    { durationMs: 2_000, target: 12.5 },
    { durationMs: 1_000, target: 3 },
  ];
  expect(scenarioOf({ executor: 'ramping-arrival-rate', startRate: 1, stages, preAllocatedVus: 2, maxVus: 9, openEnded: false })).toEqual({
    executor: 'ramping-arrival-rate',
    startRate: 10,
    timeUnit: '10s',
    stages: [
      { duration: '2000ms', target: 125 },
      { duration: '1000ms', target: 30 },
    ],
    preAllocatedVUs: 2,
    maxVUs: 9,
    gracefulStop: '5000ms',
  });
});

test('thresholds are in the options, so that k6 measures their submetrics', () => {
  const thresholds = { 'http_req_duration{expected_response:true}': ['p(95)<200'] };
  expect(optionsFor({ executor: 'constant-vus', vus: 1, durationMs: 1_000 }, thresholds).thresholds).toEqual(thresholds);
});

test('what k6 refuses is refused before it starts', () => {
  expect(() => optionsFor({ executor: 'constant-vus', vus: 1, durationMs: 999 })).toThrow(expect.objectContaining({ code: 'PRICECTL_E_USAGE' }));
  expect(() => optionsFor({ executor: 'ramping-arrival-rate', startRate: 1, stages: [], preAllocatedVus: 1, maxVus: 1, openEnded: true })).toThrow(TypeError);
});
