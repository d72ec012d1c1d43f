import { syncAutoscaler } from '../../autoscale/autoscaler.ts';
import type { Decision } from '../../autoscale/decision.ts';
import { explainDecision } from '../../autoscale/explain.ts';
import type { PodSample } from '../../autoscale/pods.ts';
import { type AutoscalerState, createAutoscalerState, moveClock } from '../../autoscale/state.ts';
import type { Clock } from '../../tools/clock.ts';
import type { AutoscalerSnapshot, ServiceSettings } from '../target.ts';
import type { Replica } from './replica.ts';
import type { MeteredReplica, ReplicaMeter } from './replica-meter.ts';

/** What the autoscaler must know of a replica. */
export type ScaledReplica = MeteredReplica & Pick<Replica, 'name' | 'createdMs' | 'phase' | 'readinessSinceMs'>;

/** The replicas that the loop scales. */
export interface ScaledSet {
  readonly replicas: readonly ScaledReplica[];
  readonly desired: number;
  scale(desired: number): void;
}

/** Why there are as many replicas as there are, and what comes next. */
export type AutoscalerLook = Pick<AutoscalerSnapshot, 'explanation' | 'nextSyncAtMs' | 'decision'>;

/** Before its first look. */
export const notLookedYet: AutoscalerLook = { explanation: 'it has not looked yet', nextSyncAtMs: null, decision: null };

/** What the loop works on. */
export interface AutoscalerLoopOptions {
  readonly clock: Clock;
  readonly meter: Pick<ReplicaMeter, 'read' | 'settled' | 'usage'>;
  readonly replicaSet: ScaledSet;
  /** Takes one line. */
  readonly log: (text: string) => void;
}

/** Difference from which on a clock has been set; less is what keeps it right. */
const leastSettingMs = 1_000;

/** Measures and scales replicas at the settings' intervals, until it is disposed. */
export class AutoscalerLoop implements Disposable {
  readonly #options: AutoscalerLoopOptions;
  #settings: ServiceSettings;
  #state: AutoscalerState;
  /** By how much the wall clock, which decisions go by, was ahead of the one that never jumps. */
  #aheadMs: number;
  #last: { readonly decision: Decision; readonly nextSyncMs: number } | undefined;
  #stopReading = new AbortController();
  #stopSyncing = new AbortController();

  constructor(settings: ServiceSettings, options: AutoscalerLoopOptions) {
    this.#options = options;
    this.#settings = settings;
    this.#state = createAutoscalerState(options.clock.now(), options.replicaSet.desired);
    this.#aheadMs = options.clock.now() - options.clock.monotonicMs();
    this.#startReading(0);
    this.#startSyncing();
  }

  /** Goes on with other settings and looks at once; what it remembers stays. */
  update(settings: ServiceSettings): void {
    const { metricResolutionMs } = this.#settings;
    this.#settings = settings;
    // The next reading comes a whole window after the last: over a shorter one the CPU says little.
    if (settings.metricResolutionMs !== metricResolutionMs) this.#startReading(settings.metricResolutionMs);
    this.#startSyncing();
  }

  /** Its last decision, also in words, and when it looks next. */
  describe(): AutoscalerLook {
    if (this.#last === undefined) return notLookedYet;
    const { decision, nextSyncMs } = this.#last;
    const nextSyncAtMs = this.#toWall(nextSyncMs);
    return { explanation: explainDecision(decision, { nowMs: this.#options.clock.now(), nextSyncMs: nextSyncAtMs }), nextSyncAtMs, decision };
  }

  [Symbol.dispose](): void {
    this.#stopReading.abort();
    this.#stopSyncing.abort();
  }

  #startReading(delayMs: number): void {
    this.#stopReading.abort();
    this.#stopReading = new AbortController();
    const { signal } = this.#stopReading;
    void this.#repeat(delayMs, this.#settings.metricResolutionMs, signal, () => this.#options.meter.read(signal));
  }

  #startSyncing(): void {
    this.#stopSyncing.abort();
    this.#stopSyncing = new AbortController();
    const { signal } = this.#stopSyncing;
    void this.#repeat(0, this.#settings.syncPeriodMs, signal, () => this.#sync(signal));
  }

  async #repeat(delayMs: number, periodMs: number, signal: AbortSignal, action: () => Promise<void>): Promise<void> {
    const { clock } = this.#options;
    try {
      for (let dueMs = clock.monotonicMs() + delayMs; ; dueMs = Math.max(dueMs + periodMs, clock.monotonicMs())) {
        await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
        await action();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #sync(signal: AbortSignal): Promise<void> {
    const { clock, meter, replicaSet, log } = this.#options;
    // A reading that is due at the same moment shall count.
    await meter.settled();
    signal.throwIfAborted();
    const { min: minReplicas, max: maxReplicas, cpuTarget, syncPeriodMs, behavior } = this.#settings;
    const nowMs = this.#readClock();
    const pods = replicaSet.replicas.map((replica) => this.#toPod(replica));
    const input = { nowMs, currentReplicas: replicaSet.desired, minReplicas, maxReplicas, cpuTarget, pods };
    const { state, decision } = syncAutoscaler(this.#state, input, behavior);
    this.#state = state;
    this.#last = { decision, nextSyncMs: clock.monotonicMs() + syncPeriodMs };
    if (decision.desiredReplicas === replicaSet.desired) return;
    log(`autoscaler: ${replicaSet.desired} -> ${decision.desiredReplicas} replicas: ${explainDecision(decision, { nowMs })}`);
    replicaSet.scale(decision.desiredReplicas);
  }

  /** The time now. Whatever the clock was set by since the last look, no time has passed by that. */
  #readClock(): number {
    const { clock } = this.#options;
    const nowMs = clock.now();
    const setByMs = Math.round(nowMs - clock.monotonicMs() - this.#aheadMs);
    if (Math.abs(setByMs) < leastSettingMs) return nowMs;
    this.#aheadMs += setByMs;
    this.#state = moveClock(this.#state, setByMs);
    return nowMs;
  }

  #toWall(monotonicMs: number): number {
    const { clock } = this.#options;
    return Math.round(clock.now() - clock.monotonicMs() + monotonicMs);
  }

  #toPod(replica: ScaledReplica): PodSample {
    const usage = this.#options.meter.usage(replica);
    return {
      name: replica.name,
      phase: 'Running',
      terminating: !replica.isStaying,
      startTimeMs: this.#toWall(replica.createdMs),
      readyCondition: { status: replica.phase === 'ready' ? 'True' : 'False', lastTransitionMs: this.#toWall(replica.readinessSinceMs) },
      cpuRequestMillicores: this.#settings.cpuRequestMillicores,
      cpu: usage === undefined ? null : { millicores: usage.millicores, timestampMs: this.#toWall(usage.monotonicMs), windowMs: usage.windowMs },
    };
  }
}
