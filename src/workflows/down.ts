import type { Target, TargetKind } from '../targets/target.ts';
import { deleteRuns } from './recorded-runs.ts';
import type { RunStore } from '../load/run-store.ts';
import type { StepResult, StepRunner } from './steps.ts';

/** What `down` did. */
export interface DownResult {
  readonly target: TargetKind;
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
  /** False when there was nothing to remove. */
  readonly removed: boolean;
  /** Number of recorded runs that were deleted. */
  readonly runsDeleted: number;
  readonly steps: readonly StepResult[];
  readonly ms: number;
}

/** What `down` needs beside the target. */
export interface DownOptions {
  readonly target: Target;
  readonly runSteps: StepRunner;
  readonly signal: AbortSignal;
  /** Delete the cluster too, if we made it. */
  readonly cluster: boolean;
  /** Store from which the service's recorded runs are deleted too; undefined keeps them. */
  readonly runsToDelete: RunStore | undefined;
}

/** Removes everything that `up` made, also after a half-finished one. Throws what its steps throw. */
export async function takeDown({ target, runSteps, signal, cluster, runsToDelete }: DownOptions): Promise<DownResult> {
  const startedAt = performance.now();
  await using _lock = await target.lock('pricectl down');
  const steps = await runSteps(target.downSteps({ cluster }), signal);
  return {
    ...target.identity,
    removed: steps.some((step) => step.outcome === 'done'),
    runsDeleted: runsToDelete === undefined ? 0 : await deleteRuns(runsToDelete, target.identity),
    steps,
    ms: Math.round(performance.now() - startedAt),
  };
}
