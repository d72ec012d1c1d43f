import type { Stage } from '../profile.ts';

/** Lets the virtual users of one worker iterate as a scenario says. */
export interface Executor {
  /** Virtual users at work; of an arrival rate all that exist, as k6 counts them. */
  readonly activeVus: number;
  /** Virtual users that exist or are planned for. */
  readonly allocatedVus: number;
  /** Begins. `onEnd` follows once, when the last iteration has ended or was interrupted. */
  start(): void;
  /** Interrupts all iterations and ends. */
  stop(): void;
  /** As `LoadRun.extend`; `nowMs` counts from the begin. Throws TypeError unless the scenario is open-ended. */
  extend(nowMs: number, stages: readonly Stage[], end: boolean): void;
}
