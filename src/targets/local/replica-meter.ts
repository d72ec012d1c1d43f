import type { Clock } from '../../tools/clock.ts';
import type { HttpClient } from '../../tools/http.ts';
import type { Replica } from './replica.ts';
import { type MetricsReading, parseMetrics, type ReplicaUsage, usageBetween } from '../replica-metrics.ts';

/** What the meter must know of a replica. */
export type MeteredReplica = Pick<Replica, 'isStaying' | 'socketPath'>;

/** What the meter needs. */
export interface ReplicaMeterOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  replicas(): readonly MeteredReplica[];
}

/** The newest readings of one process. */
interface Readings {
  /** Its socket: no two processes have the same. */
  readonly socketPath: string;
  readonly last: MetricsReading;
  readonly usage: ReplicaUsage | undefined;
}

/** A busy replica answers late, but not this late. */
const timeoutMs = 2_000;

/** Measures the CPU of replicas, as metrics-server does for the pods of a cluster. */
export class ReplicaMeter {
  readonly #options: ReplicaMeterOptions;
  readonly #readings = new WeakMap<MeteredReplica, Readings>();
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(options: ReplicaMeterOptions) {
    this.#options = options;
  }

  /** Reads all replicas at once. One that doesn't answer is without a metric until it does again. Throws the signal's reason on abort. */
  async read(signal: AbortSignal): Promise<void> {
    const running = this.#options.replicas().filter((replica) => replica.isStaying);
    this.#underWay = Promise.allSettled(running.map((replica) => this.#readOne(replica, signal)));
    await this.#underWay;
    signal.throwIfAborted();
  }

  /** Resolves when no reading is under way. */
  async settled(): Promise<void> {
    await this.#underWay;
  }

  /** The newest reading of the replica's present process; undefined when there is none. */
  reading(replica: MeteredReplica): MetricsReading | undefined {
    return this.#of(replica)?.last;
  }

  /** What the replica's present process did between its last two readings; undefined when it was not read twice. */
  usage(replica: MeteredReplica): ReplicaUsage | undefined {
    return this.#of(replica)?.usage;
  }

  #of(replica: MeteredReplica): Readings | undefined {
    const readings = this.#readings.get(replica);
    return readings?.socketPath === replica.socketPath ? readings : undefined;
  }

  async #readOne(replica: MeteredReplica, signal: AbortSignal): Promise<void> {
    const { socketPath } = replica;
    const before = this.#of(replica);
    const last = await this.#ask(socketPath, signal);
    if (signal.aborted) return;
    if (last === undefined) this.#readings.delete(replica);
    else this.#readings.set(replica, { socketPath, last, usage: before && usageBetween(before.last, last) });
  }

  async #ask(socketPath: string, signal: AbortSignal): Promise<MetricsReading | undefined> {
    const { http, clock } = this.#options;
    try {
      const { status, body } = await http.request('http://localhost/metrics', { socketPath, timeoutMs, signal });
      const metrics = status === 200 ? parseMetrics(body) : undefined;
      return metrics && { ...metrics, monotonicMs: clock.monotonicMs() };
    } catch {
      return undefined;
    }
  }
}
