import { Alarm } from './alarm.ts';
import type { Executor } from './executor.ts';
import { VirtualUser, type VirtualUserOptions } from './virtual-user.ts';
import type { VuStep } from './vu-schedule.ts';

/** What the VU executors need. */
export interface LoopingVusOptions {
  /** Steps for this worker's own virtual users; the last one takes all away. */
  readonly steps: Iterable<VuStep>;
  /** The most virtual users that the steps ask for. */
  readonly maxVus: number;
  readonly gracefulStopMs: number;
  readonly users: VirtualUserOptions;
  onEnd(): void;
}

interface Loop {
  readonly user: VirtualUser;
  isActive: boolean;
  /** Ends its last iteration when that takes too long. */
  readonly grace: Alarm;
}

/**
 * k6's constant-vus and ramping-vus: each virtual user iterates without a pause as long as it is wanted. The last one started is the
 * first to go; it may finish its iteration within `gracefulStopMs`, goes on if it is wanted again before, and else leaves its connection.
 */
export class LoopingVus implements Executor {
  readonly #options: LoopingVusOptions;
  readonly #steps: Iterator<VuStep, void>;
  readonly #loops: Loop[] = [];
  readonly #alarm = new Alarm(() => this.#takeSteps());
  #next: VuStep | undefined;
  #startedMs = 0;
  /** The loops before this index are wanted. */
  #wantedVus = 0;
  #activeVus = 0;
  #hasEnded = false;

  constructor(options: LoopingVusOptions) {
    this.#options = options;
    this.#steps = options.steps[Symbol.iterator]();
  }

  get activeVus(): number {
    return this.#activeVus;
  }

  get allocatedVus(): number {
    return this.#options.maxVus;
  }

  start(): void {
    this.#startedMs = performance.now();
    this.#next = this.#takeNext();
    this.#takeSteps();
  }

  stop(): void {
    this.#next = undefined;
    this.#alarm.clear();
    this.#wantedVus = 0;
    for (const loop of this.#loops) {
      if (loop.isActive) this.#retire(loop);
    }
    this.#endIfOver();
  }

  extend(): void {
    throw new TypeError('only a ramping arrival rate can be extended');
  }

  #takeSteps(): void {
    const elapsedMs = performance.now() - this.#startedMs;
    while (this.#next !== undefined && this.#next.atMs <= elapsedMs) {
      this.#want(this.#next.vus);
      this.#next = this.#takeNext();
    }
    if (this.#next === undefined) this.#endIfOver();
    else this.#alarm.set(this.#next.atMs - elapsedMs);
  }

  #takeNext(): VuStep | undefined {
    const { done, value } = this.#steps.next();
    return done === true ? undefined : value;
  }

  #want(vus: number): void {
    while (this.#wantedVus > vus) {
      this.#wantedVus--;
      this.#loops[this.#wantedVus]?.grace.set(this.#options.gracefulStopMs);
    }
    while (this.#wantedVus < vus) {
      const loop = (this.#loops[this.#wantedVus] ??= this.#createLoop(this.#wantedVus));
      this.#wantedVus++;
      loop.grace.clear();
      if (loop.isActive) continue;
      loop.isActive = true;
      this.#activeVus++;
      loop.user.iterate();
    }
  }

  #createLoop(index: number): Loop {
    const loop: Loop = {
      user: new VirtualUser(this.#options.users, () => {
        if (index < this.#wantedVus) loop.user.iterate();
        else this.#retire(loop);
      }),
      isActive: false,
      grace: new Alarm(() => this.#retire(loop)),
    };
    return loop;
  }

  #retire(loop: Loop): void {
    loop.grace.clear();
    loop.user.interrupt();
    loop.isActive = false;
    this.#activeVus--;
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#hasEnded || this.#next !== undefined || this.#activeVus > 0) return;
    this.#hasEnded = true;
    this.#options.onEnd();
  }
}
