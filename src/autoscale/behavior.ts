import { UsageError } from '../tools/errors.ts';

/** How much a scaling policy allows within its period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  /** Pods, or percent of the replicas at the start of the period. */
  readonly value: number;
  readonly periodMs: number;
}

/** Rules for one direction, as in `spec.behavior.scaleUp|scaleDown` of an autoscaling/v2 HPA. */
export interface ScalingRules {
  readonly stabilizationWindowMs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** Relative distance from the target that is ignored: 0.1 is 10 %. */
  readonly tolerance: number;
}

/** The autoscaler's windows and policies. */
export interface ScalingBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** What may differ from Kubernetes' defaults. */
export interface BehaviorOptions {
  /** How long the highest recommendation holds a scale-down back. Default 300,000. */
  readonly scaleDownWindowMs?: number;
  /** Period of every policy, up and down. Default 15,000. */
  readonly policyPeriodMs?: number;
}

/** Largest policy period that the HPA API accepts (Kubernetes: pkg/apis/autoscaling/validation, MaxPeriodSeconds). */
const MAX_PERIOD_MS = 1_800_000;

/** Largest window that the HPA API accepts (same file, MaxStabilizationWindowSeconds). */
const MAX_WINDOW_MS = 3_600_000;

/** Distance from the target that Kubernetes ignores in both directions (--horizontal-pod-autoscaler-tolerance). */
const DEFAULT_TOLERANCE = 0.1;

/**
 * The behavior that every service of ours gets: up by 4 pods or 100 % a period, whichever is more, without a window; down by 100 % a
 * period after the window. With no options these are Kubernetes' own defaults (pkg/apis/autoscaling/v2/defaults.go), written out.
 * Throws UsageError `PRICECTL_E_INVALID_BEHAVIOR` for values that the HPA API would refuse.
 */
export function createBehavior(options: BehaviorOptions = {}): ScalingBehavior {
  const { scaleDownWindowMs = 300_000, policyPeriodMs: periodMs = 15_000 } = options;
  const behavior: ScalingBehavior = {
    scaleUp: {
      stabilizationWindowMs: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodMs },
        { type: 'Percent', value: 100, periodMs },
      ],
      tolerance: DEFAULT_TOLERANCE,
    },
    scaleDown: {
      stabilizationWindowMs: scaleDownWindowMs,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodMs }],
      tolerance: DEFAULT_TOLERANCE,
    },
  };
  validateBehavior(behavior);
  return behavior;
}

/**
 * Checks what the HPA API checks (Kubernetes: pkg/apis/autoscaling/validation/validation.go, validateScalingRules): windows 0 to 3600 s,
 * at least one policy a direction, periods 1 to 1800 s, values above 0, tolerances not negative. Times are whole seconds, because the API
 * has no finer ones. Throws UsageError `PRICECTL_E_INVALID_BEHAVIOR` that names the first field at fault.
 */
export function validateBehavior(behavior: ScalingBehavior): void {
  validateRules('scaleUp', behavior.scaleUp);
  validateRules('scaleDown', behavior.scaleDown);
}

function validateRules(direction: string, rules: ScalingRules): void {
  const { stabilizationWindowMs: windowMs, policies, tolerance } = rules;
  if (!isWholeSeconds(windowMs) || windowMs < 0 || windowMs > MAX_WINDOW_MS) {
    throw invalid(`${direction} window`, `${windowMs / 1000} s`, 'whole seconds from 0 to 3600');
  }
  if (policies.length === 0) throw invalid(`${direction} policies`, 'empty', 'at least one policy');
  for (const { value, periodMs } of policies) {
    if (!Number.isInteger(value) || value <= 0) throw invalid(`${direction} policy value`, String(value), 'a whole number above 0');
    if (!isWholeSeconds(periodMs) || periodMs <= 0 || periodMs > MAX_PERIOD_MS) {
      throw invalid(`${direction} policy period`, `${periodMs / 1000} s`, 'whole seconds from 1 to 1800');
    }
  }
  if (!Number.isFinite(tolerance) || tolerance < 0) throw invalid(`${direction} tolerance`, String(tolerance), '0 or more');
}

function isWholeSeconds(ms: number): boolean {
  return Number.isInteger(ms / 1000);
}

function invalid(field: string, value: string, wanted: string): UsageError {
  return new UsageError('PRICECTL_E_INVALID_BEHAVIOR', `autoscaler: ${field} is ${value}; it must be ${wanted}`);
}
