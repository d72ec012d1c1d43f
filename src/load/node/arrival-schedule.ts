import type { Stage } from '../profile.ts';
import type { WorkerSlot } from './shares.ts';

/** When iterations of an arrival rate start: those that fall to one worker. */
export interface ArrivalSchedule {
  /** Milliseconds after the begin at which the next start is due; Infinity when none is known. */
  readonly nextMs: number;
  /** Milliseconds after the begin at which the scenario ends; Infinity as long as it is open-ended. */
  readonly endMs: number;
  /** Goes on to the start after the next. */
  advance(): void;
  /** At `nowMs` adds stages to an open-ended ramp, and ends it after them or leaves it open. Throws TypeError for any other schedule. */
  extend(nowMs: number, stages: readonly Stage[], end: boolean): void;
}

/**
 * Start number k, counted from 0, at k / rate; the first at 0, and the last may fall on the end itself
 * (k6: lib/executor/constant_arrival_rate.go).
 */
export class ConstantArrivals implements ArrivalSchedule {
  readonly endMs: number;
  readonly #rate: number;
  readonly #step: number;
  #index: number;

  constructor(rate: number, durationMs: number, slot: WorkerSlot) {
    this.endMs = durationMs;
    this.#rate = rate;
    this.#step = slot.count;
    this.#index = slot.index;
  }

  get nextMs(): number {
    const dueMs = (this.#index * 1_000) / this.#rate;
    return dueMs <= this.endMs ? dueMs : Infinity;
  }

  advance(): void {
    this.#index += this.#step;
  }

  extend(): void {
    throw new TypeError('a constant arrival rate has no stages');
  }
}

/** Differences below this many starts are rounding. */
const roundingTolerance = 1e-6;

/**
 * Start number i, counted from 1, when the integral of the rate reaches i (k6: lib/executor/ramping_arrival_rate.go, cal).
 * An open-ended ramp holds its last target from the end of its stages until `extend` brings more.
 */
export class RampingArrivals implements ArrivalSchedule {
  readonly #stages: Stage[];
  readonly #step: number;
  #open: boolean;
  /** Number of the next start. */
  #index: number;
  #nextMs: number;
  /** Begin of `#stages[0]`, the rate there, and the integral of the rate up to it. */
  #stageStartMs = 0;
  #fromRate: number;
  #startsBefore = 0;
  /** End of the last known stage, and its target. */
  #knownEndMs: number;
  #lastTarget: number;

  constructor(startRate: number, stages: readonly Stage[], openEnded: boolean, slot: WorkerSlot) {
    this.#stages = [...stages];
    this.#step = slot.count;
    this.#open = openEnded;
    this.#index = slot.index + 1;
    this.#fromRate = startRate;
    this.#knownEndMs = totalMs(stages);
    this.#lastTarget = stages.at(-1)?.target ?? startRate;
    this.#nextMs = this.#findNext();
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  get endMs(): number {
    return this.#open ? Infinity : this.#knownEndMs;
  }

  advance(): void {
    this.#index += this.#step;
    this.#nextMs = this.#findNext();
  }

  extend(nowMs: number, stages: readonly Stage[], end: boolean): void {
    if (!this.#open) throw new TypeError('the ramp has its last stage already');
    if (nowMs > this.#knownEndMs) this.#stages.push({ durationMs: nowMs - this.#knownEndMs, target: this.#lastTarget });
    this.#stages.push(...stages);
    this.#knownEndMs = Math.max(nowMs, this.#knownEndMs) + totalMs(stages);
    this.#lastTarget = stages.at(-1)?.target ?? this.#lastTarget;
    this.#open = !end;
    this.#nextMs = this.#findNext();
  }

  #findNext(): number {
    for (let stage = this.#stages[0]; stage !== undefined; stage = this.#stages[0]) {
      const starts = (stage.durationMs * (this.#fromRate + stage.target)) / 2_000;
      const wanted = this.#index - this.#startsBefore;
      if (wanted <= starts + roundingTolerance) {
        return this.#stageStartMs + Math.min(timeOfStart(wanted, this.#fromRate, stage), stage.durationMs);
      }
      this.#stages.shift();
      this.#startsBefore += starts;
      this.#stageStartMs += stage.durationMs;
      this.#fromRate = stage.target;
    }
    if (!this.#open || this.#fromRate === 0) return Infinity;
    return this.#stageStartMs + ((this.#index - this.#startsBefore) * 1_000) / this.#fromRate;
  }
}

/**
 * When, in milliseconds from the begin of a stage, the integral of the rate reaches `starts`: the solution of
 * `from * x + (target - from) / duration * x^2 / 2 = starts`, written so that it holds for a flat stage too.
 */
function timeOfStart(starts: number, fromRate: number, stage: Stage): number {
  const from = fromRate / 1_000;
  const slope = (stage.target / 1_000 - from) / stage.durationMs;
  return (2 * starts) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * starts)));
}

function totalMs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
