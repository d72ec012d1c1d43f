import { syncAutoscaler } from './autoscaler.ts';
import { createBehavior } from './behavior.ts';
import type { Decision } from './decision.ts';
import type { CpuSample, PodSample } from './pods.ts';
import { SeededRandom } from './random.fixture.ts';
import type { RecordedLook } from './replay-look.ts';
import type { RecordingSource } from './replay-recording.ts';
import type { ReplaySettings } from './replay-settings.ts';
import { createAutoscalerState } from './state.ts';

/** Settings of the quick profile. */
export const quickSettings: ReplaySettings = { min: 3, max: 10, cpuTarget: 50, scaleDownWindowMs: 10_000, syncPeriodMs: 2_000, metricResolutionMs: 2_000 };

/** A service under load that is recorded. */
export interface SimulatedService {
  readonly kind: 'emulated' | 'kubernetes';
  readonly lengthMs: number;
  readonly settings: ReplaySettings;
  readonly seed: number;
  /** CPU that the load needs at a moment, in millicores. */
  readonly demandAt: (ms: number) => number;
  /** Added to the service's clock from a moment on. */
  readonly clockJump?: { readonly atMs: number; readonly byMs: number };
  readonly startupMs?: number;
}

interface SimulatedPod {
  readonly name: string;
  readonly readyMs: number;
  cpu: CpuSample | null;
  requestsPerSecond: number | null;
}

const stepMs = 100;
const beganMs = 1_800_000_000_000;
const cpuRequestMillicores = 100;
const requestsPerMillicore = 20;

/** Records a service, second by second, as a run does: a loop of its own that shares with replays nothing but the autoscaler. */
export function recordService(service: SimulatedService): RecordingSource {
  const { kind, lengthMs, settings, seed, demandAt, clockJump, startupMs = 600 } = service;
  const { min: minReplicas, max: maxReplicas, cpuTarget, syncPeriodMs, metricResolutionMs } = settings;
  const random = new SeededRandom(seed);
  const behavior = createBehavior({ scaleDownWindowMs: settings.scaleDownWindowMs, policyPeriodMs: 5_000 });
  const wallOf = (ms: number) => beganMs + ms + (clockJump !== undefined && ms >= clockJump.atMs ? clockJump.byMs : 0);
  const created = (readyMs: number): SimulatedPod => ({ name: `pod-${random.integer(0, 1e9)}`, readyMs, cpu: null, requestsPerSecond: null });
  let pods: readonly SimulatedPod[] = Array.from({ length: minReplicas }, () => created(-60_000));
  let state = createAutoscalerState(wallOf(-60_000), minReplicas);
  let last: Decision | null = null;
  const looks: RecordedLook[] = [];
  for (let ms = -10 * stepMs - Math.max(syncPeriodMs, metricResolutionMs); ms <= lengthMs; ms += stepMs) {
    const ready = pods.filter(({ readyMs }) => readyMs <= ms);
    // Metrics come some steps before a look of the autoscaler, and snapshots after it.
    if ((ms + 5 * stepMs) % metricResolutionMs === 0) {
      for (const pod of ready.filter(({ readyMs }) => readyMs <= ms - metricResolutionMs)) {
        const share = demandAt(ms - metricResolutionMs / 2) / ready.length;
        pod.requestsPerSecond = share * requestsPerMillicore;
        pod.cpu = { millicores: Math.ceil(share * (0.95 + random.next() / 10)), timestampMs: wallOf(ms), windowMs: metricResolutionMs };
      }
    }
    if ((ms + 3 * stepMs) % syncPeriodMs === 0) {
      const seen = pods.map((pod) => toSample(pod));
      const result = syncAutoscaler(state, { nowMs: wallOf(ms), currentReplicas: pods.length, minReplicas, maxReplicas, cpuTarget, pods: seen }, behavior);
      state = result.state;
      last = result.decision;
      const added = Math.max(0, last.desiredReplicas - pods.length);
      pods = [...pods.slice(0, last.desiredReplicas), ...Array.from({ length: added }, () => created(ms + startupMs))];
    }
    if (ms >= 0 && ms % 1_000 === 0) looks.push(look(ms, wallOf(ms), pods, kind === 'kubernetes' && last !== null ? { ...last, atMs: wallOf(ms) } : last));
  }
  const load = looks.slice(1).map(({ ms }) => ({ elapsedMs: ms, requestsPerSecond: demandAt(ms - 500) * requestsPerMillicore }));
  return { kind, looks, load, own: settings, behavior, cpuRequestMillicores, cpuCapMillicores: 1_000 };
}

function toSample({ name, cpu }: SimulatedPod): PodSample {
  return { name, phase: 'Running', terminating: false, startTimeMs: 0, readyCondition: { status: 'True', lastTransitionMs: 0 }, cpuRequestMillicores, cpu };
}

function look(ms: number, atMs: number, pods: readonly SimulatedPod[], decision: Decision | null): RecordedLook {
  const ready = pods.filter(({ readyMs }) => readyMs <= ms).length;
  return { ms, atMs, desired: pods.length, ready, decision, pods: pods.map(({ name, requestsPerSecond }) => ({ name, requestsPerSecond })) };
}

/** Demand that rises to a plateau, stays, and falls, with waves on it. */
export function hill(lengthMs: number, peakMillicores: number, wave: number): (ms: number) => number {
  return (ms) => {
    const at = Math.min(Math.max(ms / lengthMs, 0), 1);
    const height = at < 0.2 ? at / 0.2 : at < 0.6 ? 1 : Math.max(0.1, 1 - (at - 0.6) / 0.1);
    return peakMillicores * height * (1 + wave * Math.sin(ms / 3_000));
  };
}
