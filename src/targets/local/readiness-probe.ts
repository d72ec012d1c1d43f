import type { Clock } from '../../tools/clock.ts';
import type { HttpClient } from '../../tools/http.ts';

/** What a replica says to `/readyz`; `silent` when it says nothing in time. */
export type Readiness = 'ready' | 'unready' | 'silent';

/** Time for an answer to a question about the replica itself. */
const probeTimeoutMs = 1_000;

/** From the end of one look to the next at a replica that starts, and from begin to begin at one that runs. */
const startingPauseMs = 25;
const runningPeriodMs = 1_000;

/** Whom to look at, and whom to tell. */
export interface ReadinessWatch {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly socketPath: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** A replica that starts is looked at more often. */
  isStarting(): boolean;
  /** Told after each look; `silences` counts the last looks without an answer, this one included. */
  onLook(readiness: Readiness, silences: number): void;
}

/** Looks at a replica again and again until the signal aborts. */
export async function watchReadiness(watch: ReadinessWatch): Promise<void> {
  const { clock, signal } = watch;
  let silences = 0;
  try {
    for (;;) {
      const startedAtMs = clock.monotonicMs();
      const readiness = await probeReadiness(watch);
      silences = readiness === 'silent' ? silences + 1 : 0;
      watch.onLook(readiness, silences);
      const pauseMs = watch.isStarting() ? startingPauseMs : Math.max(0, startedAtMs + runningPeriodMs - clock.monotonicMs());
      await clock.sleep(pauseMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function probeReadiness({ http, socketPath, signal }: ReadinessWatch): Promise<Readiness> {
  try {
    const { status } = await http.request('http://localhost/readyz', { socketPath, timeoutMs: probeTimeoutMs, signal });
    return status === 200 ? 'ready' : 'unready';
  } catch {
    signal.throwIfAborted();
    return 'silent';
  }
}
