import type { TargetKind } from '../targets/target.ts';
import type { TargetCheck } from './check-machine.ts';

/** What is there and what is missing, for each target. */
export interface DoctorResult {
  /** The target that commands would take. */
  readonly target: TargetKind;
  /** Why this target. */
  readonly reason: string;
  /** Whether that target can work. */
  readonly usable: boolean;
  readonly targets: readonly TargetCheck[];
}

/** Puts the checks of all targets together for the one that was chosen. */
export function toDoctorResult(target: TargetKind, reason: string, targets: readonly TargetCheck[]): DoctorResult {
  const chosen = targets.find((check) => check.target === target);
  return { target, reason, usable: chosen?.usable ?? false, targets };
}
