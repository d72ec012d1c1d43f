/** From when on a number of replicas holds. */
export interface ReplicaStep {
  /** Since the load began. */
  readonly ms: number;
  readonly replicas: number;
}

/** Replicas of a replay: each is there from its creation and ready a while after; those made last go first. */
export class ReplayedReplicas {
  readonly #startupMs: number;
  /** When each gets ready, oldest first. */
  #readyAt: readonly number[];
  readonly #gone: { readonly from: number; readonly until: number }[] = [];

  /** `initial` replicas are ready from the beginning. */
  constructor(initial: number, startupMs: number) {
    this.#startupMs = startupMs;
    this.#readyAt = Array.from({ length: initial }, () => -Infinity);
  }

  get count(): number {
    return this.#readyAt.length;
  }

  scale(replicas: number, ms: number): void {
    const added = Math.max(0, replicas - this.count);
    for (const from of this.#readyAt.slice(replicas)) if (from < ms) this.#gone.push({ from, until: ms });
    this.#readyAt = [...this.#readyAt.slice(0, replicas), ...Array.from({ length: added }, () => ms + this.#startupMs)];
  }

  /** How many of those that are there now were ready by this moment. */
  readyBy(ms: number): number {
    return this.#readyAt.filter((from) => from <= ms).length;
  }

  /** How many took load at a moment, those that are gone since included. */
  servingAt(ms: number): number {
    return this.readyBy(ms) + this.#gone.filter(({ from, until }) => from <= ms && ms < until).length;
  }

  /** How many were ready over time. */
  readySteps(): readonly ReplicaStep[] {
    const events = [...this.#readyAt.map((ms) => ({ ms, change: 1 })), ...this.#gone.flatMap(({ from, until }) => [{ ms: from, change: 1 }, { ms: until, change: -1 }])];
    let replicas = 0;
    return events.toSorted((a, b) => a.ms - b.ms).map(({ ms, change }) => {
      replicas += change;
      return { ms, replicas };
    });
  }
}
