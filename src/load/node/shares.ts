import type { Scenario } from '../profile.ts';

/** Which of the workers one is. Work is dealt out in turn: thing `n`, counted from 0, goes to worker `n % count`. */
export interface WorkerSlot {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** How many of the first `total` things go to a worker. The shares of all workers add up to `total`. */
export function shareOf(total: number, slot: WorkerSlot): number {
  return Math.max(0, Math.ceil((total - slot.index) / slot.count));
}

/**
 * How many workers a scenario can use: at most one for each virtual user that it has from the start (of a ramp: at its highest),
 * for a worker without virtual users would drop its share of the starts.
 */
export function usefulWorkers(scenario: Scenario, wanted: number): number {
  return Math.max(1, Math.min(wanted, plannedVus(scenario)));
}

/** Virtual users that a scenario sets up before it begins: all of a VU scenario, the preallocated ones of an arrival rate. */
export function plannedVus(scenario: Scenario): number {
  switch (scenario.executor) {
    case 'constant-vus':
      return scenario.vus;
    case 'ramping-vus':
      return Math.max(scenario.startVus, ...scenario.stages.map(({ target }) => target));
    default:
      return scenario.preAllocatedVus;
  }
}
