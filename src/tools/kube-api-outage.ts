import type { Clock } from './clock.ts';
import { KubeApiError } from './kube-api.ts';
import { ClusterDownError, CredentialsError } from './kube-api-failures.ts';

/** How long a cluster may be away, or too busy, before it is given up: an API server that is restarted is back earlier. */
const outageLimitMs = 30_000;

/** How long a cluster has been away, and which refusals that excuses. */
export class Outage {
  readonly #clock: Clock;
  #lastGoodMs: number;
  #wasAway = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastGoodMs = clock.monotonicMs();
  }

  /** The cluster answers. */
  answered(): void {
    this.#lastGoodMs = this.#clock.monotonicMs();
  }

  /** The cluster answers and knows who asks. */
  recovered(): void {
    this.#wasAway = false;
  }

  /** Whether it has been away for too long after another pause. */
  isTooLong(pauseMs: number): boolean {
    return this.#clock.monotonicMs() + pauseMs - this.#lastGoodMs >= outageLimitMs;
  }

  /** Whether a failure is the refusal of an API server that has just come back: it refuses everybody until it has read accounts and roles. */
  excuses(error: unknown): boolean {
    const isEarly = this.#wasAway && (error instanceof CredentialsError || (error instanceof KubeApiError && error.status === 403));
    this.#wasAway ||= error instanceof ClusterDownError;
    return isEarly;
  }
}
