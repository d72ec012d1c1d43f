import { UsageError } from '../tools/errors.ts';

/** Between which numbers of replicas, and towards which CPU utilisation, the autoscaler steers. */
export interface ScalingBounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the CPU request, a whole number. */
  readonly cpuTarget: number;
}

/**
 * Checks what the HPA API checks of an HPA on CPU (Kubernetes: pkg/apis/autoscaling/validation/validation.go): minimum and target at
 * least 1, maximum not below the minimum. Throws UsageError `PRICECTL_E_INVALID_BOUNDS`.
 */
export function validateBounds(bounds: ScalingBounds): void {
  const { minReplicas, maxReplicas, cpuTarget } = bounds;
  if (!isPositiveInteger(minReplicas)) throw invalid(`minimum ${minReplicas}: it must be a whole number above 0`);
  if (!isPositiveInteger(maxReplicas) || maxReplicas < minReplicas) {
    throw invalid(`maximum ${maxReplicas}: it must be a whole number not below the minimum ${minReplicas}`);
  }
  if (!isPositiveInteger(cpuTarget)) throw invalid(`CPU target ${cpuTarget}: it must be a whole number of percent above 0`);
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function invalid(problem: string): UsageError {
  return new UsageError('PRICECTL_E_INVALID_BOUNDS', `autoscaler: ${problem}`);
}
