import type { Histogram } from '../histogram.ts';
import { ownScenario, type Profile, type Scenario } from '../profile.ts';
import type { CounterRecorder } from '../recorder.ts';
import { ArrivalRate } from './arrival-rate.ts';
import { type ArrivalSchedule, ConstantArrivals, RampingArrivals } from './arrival-schedule.ts';
import type { Executor } from './executor.ts';
import { LoopingVus } from './looping-vus.ts';
import { plannedVus, shareOf, type WorkerSlot } from './shares.ts';
import type { VirtualUserOptions } from './virtual-user.ts';
import { type VuStep, vuSteps } from './vu-schedule.ts';

/** What an executor needs beside its scenario. */
export interface ExecutorOptions {
  readonly slot: WorkerSlot;
  readonly users: VirtualUserOptions;
  readonly dropped: CounterRecorder;
  readonly lateness: Histogram;
  onEnd(): void;
}

/** The executor for one worker's share of a scenario. */
export function createExecutor(profile: Profile, options: ExecutorOptions): Executor {
  const { slot } = options;
  const { gracefulStopMs } = profile;
  const scenario = ownScenario(profile);
  if (scenario.executor === 'constant-vus' || scenario.executor === 'ramping-vus') {
    return new LoopingVus({ ...options, gracefulStopMs, steps: ownSteps(scenario, slot), maxVus: shareOf(plannedVus(scenario), slot) });
  }
  return new ArrivalRate({
    ...options,
    gracefulStopMs,
    schedule: arrivals(scenario, slot),
    preAllocatedVus: shareOf(scenario.preAllocatedVus, slot),
    maxVus: shareOf(scenario.maxVus, slot),
  });
}

type VuScenario = Extract<Scenario, { readonly executor: 'constant-vus' | 'ramping-vus' }>;
type ArrivalScenario = Exclude<Scenario, VuScenario>;

function* ownSteps(scenario: VuScenario, slot: WorkerSlot): Generator<VuStep, void> {
  const steps =
    scenario.executor === 'constant-vus'
      ? vuSteps(scenario.vus, [{ durationMs: scenario.durationMs, target: scenario.vus }])
      : vuSteps(scenario.startVus, scenario.stages);
  for (const { atMs, vus } of steps) yield { atMs, vus: shareOf(vus, slot) };
}

function arrivals(scenario: ArrivalScenario, slot: WorkerSlot): ArrivalSchedule {
  return scenario.executor === 'constant-arrival-rate'
    ? new ConstantArrivals(scenario.rate, scenario.durationMs, slot)
    : new RampingArrivals(scenario.startRate, scenario.stages, scenario.openEnded, slot);
}
