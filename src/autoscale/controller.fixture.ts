import { createBehavior } from './behavior.ts';
import type { ScalingBehavior, ScalingPolicy, ScalingRules } from './behavior.ts';
import type { PodSample } from './pods.ts';
import { SeededRandom } from './random.fixture.ts';

/** What the autoscaler sees at one sync; times count from the start of the scenario. */
export interface ScenarioSync {
  readonly nowMs: number;
  /** Somebody sets the replicas just before the sync; null when the autoscaler's last number holds. */
  readonly setReplicas: number | null;
  readonly pods: readonly PodSample[];
}

/** A service's life under an autoscaler. */
export interface Scenario {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuTarget: number;
  readonly initialReplicas: number;
  readonly behavior: ScalingBehavior;
  readonly syncs: readonly ScenarioSync[];
}

/**
 * The scenarios whose outcome under the real controller is recorded in controller.fixture.json. They look for the edges of every rule:
 * ages that equal a delay, events that equal a period, CPU that equals the tolerance. A change here needs a new record:
 * test/fixtures/hpa-controller/README.md.
 */
export function createScenarios(count: number): readonly Scenario[] {
  const random = new SeededRandom(136);
  return Array.from({ length: count }, () => createScenario(random));
}

function createScenario(random: SeededRandom): Scenario {
  const minReplicas = random.integer(1, 4);
  const maxReplicas = minReplicas + random.integer(0, random.pick(3, 8, 40));
  const cpuTarget = random.pick(1, 10, 30, 50, 50, 70, 80, 100, 150, 300);
  const outside = random.chance(0.1);
  const bounds = { minReplicas, maxReplicas, cpuTarget };
  return {
    ...bounds,
    initialReplicas: outside ? random.integer(0, maxReplicas + 3) : random.integer(minReplicas, maxReplicas),
    behavior: random.chance(0.6) ? createRandomBehavior(random) : createUsualBehavior(random),
    syncs: createSyncs(random, bounds),
  };
}

function createUsualBehavior(random: SeededRandom): ScalingBehavior {
  return createBehavior({ scaleDownWindowMs: random.pick(10_000, 60_000, 300_000), policyPeriodMs: random.pick(5_000, 15_000) });
}

function createRandomBehavior(random: SeededRandom): ScalingBehavior {
  return { scaleUp: createRules(random, random.pick(0, 0, 0, 30, 60, 300)), scaleDown: createRules(random, random.pick(0, 10, 30, 60, 300)) };
}

function createRules(random: SeededRandom, windowSeconds: number): ScalingRules {
  return {
    stabilizationWindowMs: windowSeconds * 1000,
    selectPolicy: random.pick('Max', 'Max', 'Max', 'Min', 'Min', 'Disabled'),
    policies: Array.from({ length: random.integer(1, 3) }, (): ScalingPolicy => ({
      type: random.pick('Pods', 'Percent'),
      value: random.pick(1, 2, 4, 5, 10, 30, 50, 100, 150, 700),
      periodMs: random.pick(1, 5, 15, 30, 60, 180) * 1000,
    })),
    tolerance: random.pick(0.1, 0.1, 0.1, 0, 0.05, 0.2, 0.25, 2),
  };
}

function createSyncs(random: SeededRandom, bounds: Pick<Scenario, 'maxReplicas' | 'cpuTarget'>): readonly ScenarioSync[] {
  const syncs: ScenarioSync[] = [];
  const isCalm = random.chance(0.5);
  let nowMs = 0;
  let load = random.next();
  let replicas = random.integer(1, bounds.maxReplicas);
  for (let left = random.integer(5, 25); left > 0; left--) {
    nowMs += random.pick(0, 1_000, 2_000, 5_000, 14_999, 15_000, 15_000, 15_001, 30_000, 60_000);
    if (random.chance(0.2)) load = random.pick(0, random.next(), 1);
    if (random.chance(0.3)) replicas = random.integer(1, bounds.maxReplicas);
    const pods = isCalm
      ? createCalmPods(random, nowMs, Math.min(replicas, 12), load * 3 * bounds.cpuTarget)
      : createWildPods(random, nowMs, bounds.cpuTarget);
    syncs.push({ nowMs, setReplicas: random.chance(0.03) ? random.integer(0, bounds.maxReplicas + 2) : null, pods });
  }
  return syncs;
}

/** Mostly settled pods under equal load, some of them new. */
function createCalmPods(random: SeededRandom, nowMs: number, count: number, millicores: number): readonly PodSample[] {
  const fresh = random.chance(0.3) ? random.integer(1, 3) : 0;
  return Array.from({ length: count }, (_, index): PodSample => {
    const isFresh = index < fresh;
    const startTimeMs = nowMs - (isFresh ? random.pick(1_000, 3_000, 20_000) : 400_000);
    return {
      name: `pod-${index}`,
      phase: isFresh && random.chance(0.3) ? 'Pending' : 'Running',
      terminating: random.chance(0.02),
      startTimeMs,
      readyCondition: { status: isFresh && random.chance(0.3) ? 'False' : 'True', lastTransitionMs: startTimeMs + 1_000 },
      cpuRequestMillicores: 100,
      cpu: isFresh && random.chance(0.3) ? null : { millicores: Math.round(millicores), timestampMs: nowMs - 500, windowMs: 2_000 },
    };
  });
}

/** Pods of every kind, most of them at an edge of a rule. */
function createWildPods(random: SeededRandom, nowMs: number, cpuTarget: number): readonly PodSample[] {
  const level = cpuTarget * random.pick(0, 0.01, 0.9, 1, 1, 1.1, 2, 5);
  return Array.from({ length: random.integer(0, 9) }, (_, index): PodSample => {
    const startTimeMs = nowMs - random.pick(0, 1_000, 29_000, 30_000, 31_000, 60_000, 299_000, 300_000, 301_000, 600_000);
    const readyAfterMs = random.pick(0, 500, 4_000, 29_999, 30_000, 31_000, 200_000);
    return {
      name: `pod-${index}`,
      phase: random.pick('Running', 'Running', 'Running', 'Running', 'Running', 'Running', 'Pending', 'Failed', 'Succeeded', 'Unknown'),
      terminating: random.chance(0.05),
      startTimeMs: random.chance(0.03) ? null : startTimeMs,
      readyCondition: random.chance(0.03)
        ? null
        : { status: random.pick('True', 'True', 'True', 'True', 'False', 'Unknown'), lastTransitionMs: startTimeMs + readyAfterMs },
      cpuRequestMillicores: random.chance(0.004) ? null : random.pick(1, 7, 10, 100, 100, 100, 250, 1000, 0),
      cpu: random.chance(0.12)
        ? null
        : {
            millicores: Math.round(level * random.pick(1, 1, 1, 0.5, 1.5, 0, 10)),
            timestampMs: nowMs - random.pick(0, 1, 500, 15_000, 60_000),
            windowMs: random.pick(1_000, 15_000, 30_000, 60_000),
          },
    };
  });
}
