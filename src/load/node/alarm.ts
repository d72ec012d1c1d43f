/** The longest delay of a timer: Node takes anything above 2^31 - 1 for 1 ms. */
const longestDelayMs = 2 ** 30;

/** A timer that is set again and again; setting it replaces what was set before. */
export class Alarm {
  readonly #onAlarm: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onAlarm: () => void) {
    this.#onAlarm = onAlarm;
  }

  /** Calls after `delayMs`; a little earlier, or much if that is longer than timers can be: the callee looks at the clock. Infinity is never. */
  set(delayMs: number): void {
    this.clear();
    if (delayMs === Infinity) return;
    this.#timer = setTimeout(this.#onAlarm, Math.min(Math.ceil(delayMs), longestDelayMs));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
