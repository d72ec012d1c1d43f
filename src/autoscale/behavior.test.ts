import { describe, expect, test } from 'vitest';
import { createBehavior, validateBehavior } from './behavior.ts';
import type { ScalingRules } from './behavior.ts';

const refusal = expect.objectContaining({ code: 'PRICECTL_E_INVALID_BEHAVIOR', kind: 'usage' });

test('by default the behavior is Kubernetes\' own, written out', () => {
  expect(createBehavior()).toEqual({
    scaleUp: {
      stabilizationWindowMs: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodMs: 15_000 },
        { type: 'Percent', value: 100, periodMs: 15_000 },
      ],
      tolerance: 0.1,
    },
    scaleDown: { stabilizationWindowMs: 300_000, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodMs: 15_000 }], tolerance: 0.1 },
  });
});

test('the quick lab shortens the window and every period', () => {
  const { scaleUp, scaleDown } = createBehavior({ scaleDownWindowMs: 10_000, policyPeriodMs: 5_000 });
  expect([scaleUp.stabilizationWindowMs, scaleDown.stabilizationWindowMs]).toEqual([0, 10_000]);
  expect([...scaleUp.policies, ...scaleDown.policies].map(({ periodMs }) => periodMs)).toEqual([5_000, 5_000, 5_000]);
});

describe('what the HPA API refuses', () => {
  test.for([-1_000, 3_601_000, 500, Number.NaN, Number.POSITIVE_INFINITY])('a scale-down window of %d ms', (scaleDownWindowMs) => {
    expect(() => createBehavior({ scaleDownWindowMs })).toThrow(refusal);
  });

  test.for([0, -1_000, 1_801_000, 1_500, Number.NaN])('a period of %d ms', (policyPeriodMs) => {
    expect(() => createBehavior({ policyPeriodMs })).toThrow(refusal);
  });

  test.for<Partial<ScalingRules>>([
    { policies: [] },
    { policies: [{ type: 'Pods', value: 0, periodMs: 1_000 }] },
    { policies: [{ type: 'Percent', value: -1, periodMs: 1_000 }] },
    { policies: [{ type: 'Percent', value: 2.5, periodMs: 1_000 }] },
    { policies: [{ type: 'Pods', value: 4, periodMs: 1_000 }, { type: 'Pods', value: 4, periodMs: 0 }] },
    { tolerance: -0.1 },
    { tolerance: Number.NaN },
  ])('rules with %o', (fault) => {
    const behavior = createBehavior();
    expect(() => validateBehavior({ ...behavior, scaleUp: { ...behavior.scaleUp, ...fault } })).toThrow(refusal);
    expect(() => validateBehavior({ ...behavior, scaleDown: { ...behavior.scaleDown, ...fault } })).toThrow(refusal);
  });

  test('but not the edges', () => {
    expect(() => createBehavior({ scaleDownWindowMs: 0, policyPeriodMs: 1_000 })).not.toThrow();
    expect(() => createBehavior({ scaleDownWindowMs: 3_600_000, policyPeriodMs: 1_800_000 })).not.toThrow();
    const behavior = createBehavior();
    expect(() => validateBehavior({ ...behavior, scaleUp: { ...behavior.scaleUp, tolerance: 0 } })).not.toThrow();
    expect(() => validateBehavior({ ...behavior, scaleUp: { ...behavior.scaleUp, tolerance: 10 } })).not.toThrow();
  });
});
