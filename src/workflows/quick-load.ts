import { type Aim, aimRate, type AimedRate } from '../load/aim.ts';
import type { LoadRun } from '../load/engine.ts';
import type { Profile } from '../load/profile.ts';
import type { Clock } from '../tools/clock.ts';
import type { TargetKind } from '../targets/target.ts';
import type { GivenSettings } from './service-settings.ts';
import type { SnapshotSample } from './snapshot-sampler.ts';

/** Requests a second at which the CPU of a request is first measured. */
const measuringRate = 500;
const measuringMs = 5_000;

/** One part of the quick profile after the measuring: how long, in how many parts, and the CPU that it aims at. */
interface Leg {
  readonly parts: number;
  readonly partMs: number;
  readonly wantedMillicores: number;
  /** Whether its parts go a like share of the way each, or the first goes all of it. */
  readonly isRamp: boolean;
}

/** The parts of the quick profile after its measuring. */
export type QuickLegs = readonly Leg[];

/**
 * The quick profile's parts. On local: 15 s up to 400m of CPU in all, 35 s there, 5 s down to 60m, 30 s there. The cost of a request falls with the
 * rate, so each part aims anew. 400m are 8 replicas' worth at a target of 50 % of 100m; 60m need no more than two, so that the minimum of 3 holds.
 * A cluster measures CPU and looks at it every 15 s each: there it takes two minutes until most of the scale-out is there, and as long until the
 * scale-in has begun.
 */
export function quickLegs(target: TargetKind): QuickLegs {
  const isLocal = target === 'local';
  return [
    { parts: 5, partMs: 3_000, wantedMillicores: 400, isRamp: true },
    { parts: isLocal ? 7 : 24, partMs: 5_000, wantedMillicores: 400, isRamp: false },
    { parts: 1, partMs: 5_000, wantedMillicores: 60, isRamp: true },
    { parts: isLocal ? 6 : 20, partMs: 5_000, wantedMillicores: 60, isRamp: false },
  ];
}

/** Length of the quick profile in milliseconds. */
export function quickLengthMs(legs: QuickLegs): number {
  return measuringMs + legs.reduce((sum, leg) => sum + leg.parts * leg.partMs, 0);
}

/** Settings that let an autoscaler show scale-out and the start of scale-in within the quick profile. A cluster's own periods can't be set. */
export function quickSettings(target: TargetKind): GivenSettings {
  const periods = target === 'local' ? { syncPeriodMs: 2_000, metricResolutionMs: 2_000 } : {};
  return { min: 3, max: 10, cpuTarget: 50, cpuRequestMillicores: 100, scaleDownWindowMs: 10_000, policyPeriodMs: 5_000, ...periods };
}

/** The quick profile: its first five seconds, then as `steerQuickLoad` finds. */
export function quickProfile(thresholds: Profile['thresholds'], vus: { readonly preAllocatedVus: number; readonly maxVus: number }): Profile {
  return {
    name: 'quick',
    scenario: {
      executor: 'ramping-arrival-rate',
      startRate: measuringRate,
      stages: [{ durationMs: measuringMs, target: measuringRate }],
      ...vus,
      openEnded: true,
    },
    thinkTimeMs: 0,
    thresholds,
    gracefulStopMs: 30_000,
  };
}

/** What steering the quick profile looks at. */
export interface SteeringOptions {
  readonly legs: QuickLegs;
  readonly run: LoadRun;
  readonly latest: () => SnapshotSample | undefined;
  readonly clock: Clock;
  readonly cores: number;
  /** CPU of this process since its start, in microseconds, as `process.cpuUsage` counts it. */
  readonly generatorCpuMicros: () => number;
  readonly signal: AbortSignal;
  /** Called when the machine is too small for the wanted rate. */
  readonly onLowered: (aimed: AimedRate) => void;
}

/** Follows the quick profile after its measuring: looks what a request costs now and extends the run, part by part. */
export async function steerQuickLoad(options: SteeringOptions): Promise<void> {
  const { run, legs, clock, signal } = options;
  const generator = meterGenerator(options);
  let rate = measuringRate;
  try {
    await clock.sleep(measuringMs, signal);
    for (const leg of legs) {
      for (let part = 0; part < leg.parts; part += 1) {
        const aimed = aim(options, generator(), { wantedMillicores: leg.wantedMillicores, cores: options.cores });
        rate = aimed === null ? rate : nextRate(rate, aimed.rate, leg.isRamp ? leg.parts - part : 1);
        if (aimed?.isLowered) options.onLowered(aimed);
        run.extend([{ durationMs: leg.partMs, target: rate }], leg === legs.at(-1) && part === leg.parts - 1);
        await clock.sleep(leg.partMs, signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Goes a like share of the way in each of the parts that are left; at most four times as fast as now. */
function nextRate(now: number, aimed: number, partsLeft: number): number {
  return Math.round(Math.min(now * 4, now + (aimed - now) / partsLeft));
}

function aim(options: SteeringOptions, generatorMillicores: number, aim: Aim): AimedRate | null {
  const pods = options.latest()?.snapshot.pods ?? [];
  const measured = pods.flatMap(({ cpuMillicores, requestsPerSecond }) =>
    cpuMillicores === null || requestsPerSecond === null ? [] : [{ cpuMillicores, requestsPerSecond }],
  );
  const serverMillicores = measured.reduce((sum, pod) => sum + pod.cpuMillicores, 0);
  const requestsPerSecond = measured.reduce((sum, pod) => sum + pod.requestsPerSecond, 0);
  return aimRate({ serverMillicores, generatorMillicores, requestsPerSecond }, aim);
}

/** A function that tells the generator's CPU since its last call, in millicores. */
function meterGenerator({ clock, generatorCpuMicros }: SteeringOptions): () => number {
  let lastMs = clock.monotonicMs();
  let lastMicros = generatorCpuMicros();
  return () => {
    const nowMs = clock.monotonicMs();
    const nowMicros = generatorCpuMicros();
    const millicores = (nowMicros - lastMicros) / Math.max(1, nowMs - lastMs);
    lastMs = nowMs;
    lastMicros = nowMicros;
    return millicores;
  };
}
