import type { Clock } from '../../tools/clock.ts';
import { isRunning, type ProcessIdentity, signalProcess } from '../../tools/process-identity.ts';

/** A replica ends at once when its supervisor is gone; one that doesn't hangs. */
export const orphanGraceMs = 3_000;

/** Replicas of a supervisor that was killed. They end by themselves; those that don't are killed. */
export class Leftovers {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  #processes: readonly ProcessIdentity[];

  constructor(processes: readonly ProcessIdentity[], clock: Clock) {
    this.#clock = clock;
    this.#deadlineMs = clock.monotonicMs() + orphanGraceMs;
    this.#processes = processes;
  }

  /** Those that may still run. */
  get processes(): readonly ProcessIdentity[] {
    return this.#processes;
  }

  /** Looks who is still there, and kills them when their time is over. */
  async check(): Promise<void> {
    const running: ProcessIdentity[] = [];
    for (const identity of this.#processes) {
      if (!(await isRunning(identity))) continue;
      running.push(identity);
      if (this.#clock.monotonicMs() >= this.#deadlineMs) await signalProcess(identity, 'SIGKILL');
    }
    this.#processes = running;
  }
}
