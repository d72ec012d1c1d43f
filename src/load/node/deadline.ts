/**
 * A time limit for one request after another that costs a timer a limit's length, not a timer a request: when the timer fires
 * for a request that has ended, it is set again to what is left for the one under way.
 */
export class Deadline {
  readonly #limitMs: number;
  readonly #onExpire: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** Moment of `performance.now()` at which the limit of the request under way is over; Infinity without one. */
  #expiresMs = Infinity;

  constructor(limitMs: number, onExpire: () => void) {
    this.#limitMs = limitMs;
    this.#onExpire = onExpire;
  }

  /** A request begins. */
  start(nowMs: number): void {
    this.#expiresMs = nowMs + this.#limitMs;
    this.#timer ??= setTimeout(this.#check, this.#limitMs);
  }

  /** The request has ended in time. */
  stop(): void {
    this.#expiresMs = Infinity;
  }

  /** As `stop`, and leaves no timer behind. */
  close(): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#expiresMs === Infinity) return;
    const leftMs = this.#expiresMs - performance.now();
    if (leftMs > 0) {
      this.#timer = setTimeout(this.#check, Math.ceil(leftMs));
    } else {
      this.stop();
      this.#onExpire();
    }
  };
}
