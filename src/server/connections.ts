import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What `Connections` keeps to. */
export interface ConnectionLimits {
  /** Age +-20 % from which a connection is closed after its next response; 0 is off. */
  readonly maxConnectionAgeMs: number;
  /** Connections beyond this many are closed unanswered. */
  readonly maxConnections: number;
}

/** The open connections of clients, and which of them are to end after their next response. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #random: () => number;
  /** Each connection with the timer of its age. */
  readonly #open = new Map<Socket, NodeJS.Timeout | undefined>();
  readonly #aged = new Set<Socket>();
  readonly #events = new EventEmitter<{ empty: [] }>();
  #accepted = 0;
  #isEnding = false;

  /** `random` gives numbers in 0 .. 1 for the spread of ages, by which connections made at once don't end at once. */
  constructor(limits: ConnectionLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Number of open connections. */
  get count(): number {
    return this.#open.size;
  }

  /** Takes an accepted connection in until it closes; false, and the connection is closed, when there are too many. */
  add(socket: Socket): boolean {
    if (this.#open.size >= this.#limits.maxConnections) {
      socket.destroy();
      return false;
    }
    this.#accepted += 1;
    this.#open.set(socket, this.#startAgeing(socket));
    socket.once('close', () => this.#remove(socket));
    return true;
  }

  /** Whether the connection is to end with its next response. Asked for each request: costs next to nothing while nothing is due. */
  isDue(socket: Socket): boolean {
    return this.#isEnding || (this.#aged.size !== 0 && this.#aged.has(socket));
  }

  /** Makes every connection, also one that is yet to come, end after its next response. */
  endAfterNextResponse(): void {
    this.#isEnding = true;
  }

  /** Resolves when there has been no connection for `quietMs`. Rejects with an AbortError when the signal aborts first. */
  async whenQuiet(quietMs: number, signal: AbortSignal): Promise<void> {
    let accepted: number;
    do {
      if (this.#open.size > 0) await once(this.#events, 'empty', { signal });
      accepted = this.#accepted;
      await delay(quietMs, undefined, { signal });
    } while (this.#accepted !== accepted || this.#open.size > 0);
  }

  /** Ends every connection as soon as what was written to it is sent, and by force after `graceMs`. */
  async endAll(graceMs: number): Promise<void> {
    for (const socket of this.#open.keys()) socket.destroySoon();
    if (this.#open.size === 0) return;
    const emptied = once(this.#events, 'empty');
    const timer = setTimeout(() => {
      for (const socket of this.#open.keys()) socket.destroy();
    }, graceMs);
    await emptied;
    clearTimeout(timer);
  }

  #startAgeing(socket: Socket): NodeJS.Timeout | undefined {
    const { maxConnectionAgeMs } = this.#limits;
    if (maxConnectionAgeMs === 0) return undefined;
    const ageMs = maxConnectionAgeMs * (0.8 + 0.4 * this.#random());
    return setTimeout(() => this.#aged.add(socket), ageMs).unref();
  }

  #remove(socket: Socket): void {
    clearTimeout(this.#open.get(socket));
    this.#open.delete(socket);
    this.#aged.delete(socket);
    if (this.#open.size === 0) this.#events.emit('empty');
  }
}
