import { createBehavior, type ScalingBehavior, type ScalingRules } from '../../autoscale/behavior.ts';
import type { HorizontalPodAutoscaler, HpaScalingRules } from '../../tools/kube-objects.ts';
import { parseQuantity } from './judge-quantity.ts';

/** The rules of an autoscaler as the emulation has them; what it leaves open is Kubernetes' default. */
export function toBehavior({ spec }: HorizontalPodAutoscaler): ScalingBehavior {
  const defaults = createBehavior();
  return {
    scaleUp: toRules(spec.behavior?.scaleUp, defaults.scaleUp),
    scaleDown: toRules(spec.behavior?.scaleDown, defaults.scaleDown),
  };
}

function toRules(rules: HpaScalingRules | undefined, defaults: ScalingRules): ScalingRules {
  const policies = rules?.policies?.map(({ type, value, periodSeconds }) => ({ type, value, periodMs: periodSeconds * 1_000 }));
  return {
    stabilizationWindowMs: (rules?.stabilizationWindowSeconds ?? defaults.stabilizationWindowMs / 1_000) * 1_000,
    selectPolicy: rules?.selectPolicy ?? defaults.selectPolicy,
    policies: policies ?? defaults.policies,
    tolerance: parseQuantity(rules?.tolerance ?? '') ?? defaults.tolerance,
  };
}
