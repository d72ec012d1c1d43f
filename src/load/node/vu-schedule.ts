import type { Stage } from '../profile.ts';

/** From `atMs` after the start on there shall be `vus` virtual users. */
export interface VuStep {
  readonly atMs: number;
  readonly vus: number;
}

/**
 * The steps of a ramp, in order of time; the first is at 0, the last takes all virtual users away when the stages are over.
 * Within a stage the steps are evenly spaced and the last falls on its end; a stage without length jumps
 * (k6: lib/executor/ramping_vus.go, getRawExecutionSteps).
 */
export function* vuSteps(startVus: number, stages: readonly Stage[]): Generator<VuStep, void> {
  yield { atMs: 0, vus: startVus };
  let from = startVus;
  let endMs = 0;
  for (const { durationMs, target } of stages) {
    endMs += durationMs;
    const direction = durationMs === 0 ? target - from : Math.sign(target - from);
    for (let vus = from; vus !== target; ) {
      vus += direction;
      yield { atMs: endMs - (durationMs * (target - vus)) / (target - from), vus };
    }
    from = target;
  }
  yield { atMs: endMs, vus: 0 };
}
