import type { Socket } from 'node:net';
import type { Clock } from '../../tools/clock.ts';

/** Somebody who takes connections over. */
export interface Receiver {
  /** Ready, and not still busy with earlier hand-overs. */
  readonly canTake: boolean;
  take(connection: Socket): void;
}

/** How many connections wait for a receiver, and how long. */
export interface WaitingLimits {
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly connection: Socket;
  readonly sinceMs: number;
}

/** More than a listening queue of the kernel holds; longer than a replacement takes to start. */
const defaultLimits: WaitingLimits = { maxWaiting: 4_096, maxWaitMs: 30_000 };

/**
 * Gives accepted connections to receivers in turn. While none can take one they wait, in order; what waits too long or is too many is closed.
 * A connection must be paused, so that nobody reads what is meant for the receiver.
 */
export class Dispatcher implements Disposable {
  readonly #receivers: () => readonly Receiver[];
  readonly #clock: Clock;
  readonly #limits: WaitingLimits;
  readonly #waiting: Waiting[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(receivers: () => readonly Receiver[], clock: Clock, limits: WaitingLimits = defaultLimits) {
    this.#receivers = receivers;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes a new connection in. */
  add(connection: Socket): void {
    // Nothing is read here, so nothing is to be done about it: who takes the connection over finds the same error.
    connection.on('error', () => {});
    if (this.#isEnded || this.#waiting.length >= this.#limits.maxWaiting) {
      connection.destroy();
      return;
    }
    this.#waiting.push({ connection, sinceMs: this.#clock.monotonicMs() });
    this.dispatch();
  }

  /** Takes a connection in that a receiver did not accept: it has waited longest. */
  addReturned(connection: Socket): void {
    if (this.#isEnded) connection.destroy();
    else this.#waiting.unshift({ connection, sinceMs: this.#clock.monotonicMs() });
    this.dispatch();
  }

  /** Hands over what waits, as far as receivers can take it. To be called when one of them becomes able to. */
  dispatch(): void {
    while (this.#waiting.length > 0) {
      const receiver = this.#next();
      if (receiver === undefined) break;
      const next = this.#waiting.shift();
      if (next !== undefined) receiver.take(next.connection);
    }
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#closeOverdue(), this.#limits.maxWaitMs);
  }

  /** Closes what waits and whatever still comes. */
  [Symbol.dispose](): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    for (const { connection } of this.#waiting.splice(0)) connection.destroy();
  }

  #next(): Receiver | undefined {
    const receivers = this.#receivers();
    for (let offset = 0; offset < receivers.length; offset += 1) {
      const index = (this.#turn + offset) % receivers.length;
      const receiver = receivers[index];
      if (receiver?.canTake !== true) continue;
      this.#turn = index + 1;
      return receiver;
    }
    return undefined;
  }

  #closeOverdue(): void {
    this.#timer = undefined;
    const latest = this.#clock.monotonicMs() - this.#limits.maxWaitMs;
    while (this.#waiting[0] !== undefined && this.#waiting[0].sinceMs <= latest) this.#waiting.shift()?.connection.destroy();
    this.dispatch();
  }
}
