import { expect, test } from 'vitest';
import { buildProfile } from '../load/profile-builder.ts';
import { type LabChoice, planLab } from './lab-plan.ts';
import { quickLegs } from './quick-load.ts';

const choice: LabChoice = { target: 'local', profile: 'quick', given: {}, ownLoad: undefined, thresholds: undefined };

test('the quick lab has its settings, a free port and a steered load', () => {
  expect(planLab(choice)).toMatchObject({
    given: { min: 3, max: 10, syncPeriodMs: 2_000, scaleDownWindowMs: 10_000, policyPeriodMs: 5_000, port: 0 },
    totalMs: 90_000,
    legs: quickLegs('local'),
    profile: { name: 'quick', thresholds: { http_req_failed: ['rate==0'], checks: ['rate==1'] } },
  });
});

test('what the user gives wins', () => {
  expect(planLab({ ...choice, given: { min: 20, port: 8_080, max: undefined } }).given).toMatchObject({ min: 20, max: 20, port: 0 });
});

test('the seed lab is the original experiment with the usual settings', () => {
  const plan = planLab({ ...choice, profile: 'seed', thresholds: ['http_reqs:count>1'] });
  expect(plan).toMatchObject({ totalMs: 540_000, legs: undefined, profile: { name: 'seed', thresholds: { http_reqs: ['count>1'] } } });
  expect(plan.given).toEqual({ max: 10, port: 0 });
});

test("a load of the user's own replaces the profile's", () => {
  const ownLoad = buildProfile({ vus: 2, durationMs: 5_000 });
  expect(planLab({ ...choice, ownLoad })).toMatchObject({ profile: ownLoad, totalMs: 5_000, legs: undefined });
});

test('on a cluster a lab has the usual port and no periods of its own, and takes longer', () => {
  const plan = planLab({ ...choice, target: 'minikube' });
  expect(plan.given).toEqual({ min: 3, max: 10, cpuTarget: 50, cpuRequestMillicores: 100, scaleDownWindowMs: 10_000, policyPeriodMs: 5_000, port: 8_080 });
  expect(plan.totalMs).toBe(245_000);
});
