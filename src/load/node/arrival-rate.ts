import type { Histogram } from '../histogram.ts';
import type { Stage } from '../profile.ts';
import type { CounterRecorder } from '../recorder.ts';
import { Alarm } from './alarm.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import type { Executor } from './executor.ts';
import { VirtualUser, type VirtualUserOptions } from './virtual-user.ts';

/** What the arrival-rate executors need. */
export interface ArrivalRateOptions {
  readonly schedule: ArrivalSchedule;
  /** This worker's own virtual users. */
  readonly preAllocatedVus: number;
  readonly maxVus: number;
  readonly gracefulStopMs: number;
  readonly users: VirtualUserOptions;
  /** Counts starts that found no free virtual user. */
  readonly dropped: CounterRecorder;
  /** Gets how much later than due each iteration started, in milliseconds. */
  readonly lateness: Histogram;
  onEnd(): void;
}

/**
 * k6's constant-arrival-rate and ramping-arrival-rate: an iteration begins whenever the schedule says so, on the virtual user that has been
 * free for longest. Without a free one the iteration is dropped, and one more virtual user is there for the next, up to `maxVus`.
 */
export class ArrivalRate implements Executor {
  readonly #options: ArrivalRateOptions;
  readonly #alarm = new Alarm(() => this.#startDue());
  readonly #grace = new Alarm(() => this.stop());
  readonly #users: VirtualUser[] = [];
  /** Those that are free, the one that has been for longest first. */
  readonly #free: VirtualUser[] = [];
  #startedMs = 0;
  #isOver = false;
  #hasEnded = false;

  constructor(options: ArrivalRateOptions) {
    this.#options = options;
  }

  get activeVus(): number {
    return this.#users.length;
  }

  get allocatedVus(): number {
    return this.#users.length;
  }

  start(): void {
    this.#startedMs = performance.now();
    for (let user = 0; user < this.#options.preAllocatedVus; user++) this.#allocate();
    this.#startDue();
  }

  stop(): void {
    this.#alarm.clear();
    this.#grace.clear();
    for (const user of this.#users) user.interrupt();
    if (this.#hasEnded) return;
    this.#isOver = true;
    this.#hasEnded = true;
    this.#options.onEnd();
  }

  extend(nowMs: number, stages: readonly Stage[], end: boolean): void {
    if (this.#isOver) return;
    this.#options.schedule.extend(nowMs, stages, end);
    this.#startDue();
  }

  #startDue(): void {
    const { schedule, lateness } = this.#options;
    const elapsedMs = performance.now() - this.#startedMs;
    for (; schedule.nextMs <= elapsedMs; schedule.advance()) {
      lateness.record(elapsedMs - schedule.nextMs);
      this.#startIteration();
    }
    if (elapsedMs < schedule.endMs) {
      this.#alarm.set(Math.min(schedule.nextMs, schedule.endMs) - elapsedMs);
    } else {
      this.#isOver = true;
      this.#grace.set(this.#options.gracefulStopMs);
      this.#endIfIdle();
    }
  }

  #startIteration(): void {
    const user = this.#free.shift();
    if (user !== undefined) {
      user.iterate();
      return;
    }
    this.#options.dropped.count++;
    if (this.#users.length < this.#options.maxVus) this.#allocate();
  }

  #allocate(): void {
    const user: VirtualUser = new VirtualUser(this.#options.users, () => {
      this.#free.push(user);
      if (this.#isOver) this.#endIfIdle();
    });
    this.#users.push(user);
    this.#free.push(user);
  }

  #endIfIdle(): void {
    if (this.#free.length === this.#users.length) this.stop();
  }
}
