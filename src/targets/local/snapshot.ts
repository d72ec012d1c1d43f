import { PricectlError } from '../../tools/errors.ts';
import { idleAutoscaler } from '../idle-autoscaler.ts';
import type { AutoscalerSnapshot, ServiceSettings, ServiceState, Snapshot } from '../target.ts';
import { problemOf, type Report } from './control-protocol.ts';
import { findSupervisor, type LocalService } from './local-service.ts';
import type { LocalState } from './state.ts';

/** One moment of a local service. Throws what finding its supervisor throws, and the signal's reason on abort. */
export async function takeSnapshot(service: LocalService, signal: AbortSignal): Promise<Snapshot> {
  const found = await findSupervisor(service, signal);
  const { identity, clock } = service;
  const without = (state: ServiceState, settings: ServiceSettings | undefined, problem: string | null) =>
    withoutSupervisor({ identity, atMs: clock.now() }, state, settings, problem);
  switch (found.kind) {
    case 'absent':
      return without('absent', undefined, null);
    case 'unreadable':
      return without('stopped', undefined, `the state file is damaged; pricectl up mends it (${found.reason})`);
    case 'gone': {
      const { isStopped, settings } = found.state;
      const problem = isStopped ? 'the service was stopped; pricectl up starts it again' : 'the supervisor is gone; pricectl up mends it';
      return without('stopped', settings, problem);
    }
    case 'running':
      try {
        return fromReport(await found.control.report(signal), { identity, atMs: clock.now() });
      } catch (error) {
        if (!(error instanceof PricectlError) || signal.aborted) throw error;
        return without('degraded', found.state.settings, silenceOf(found.state));
      }
  }
}

/** That a supervisor that runs doesn't answer. */
export function silenceOf({ supervisor }: LocalState): string {
  return `the supervisor (pid ${supervisor.pid}) doesn't answer; pricectl up mends it`;
}

/** What every snapshot of a service tells. */
type Look = Pick<Snapshot, 'identity' | 'atMs'>;

function withoutSupervisor(look: Look, state: ServiceState, settings: ServiceSettings | undefined, problem: string | null): Snapshot {
  return {
    ...look,
    state,
    url: settings === undefined ? null : urlOfPort(settings.port),
    image: null,
    replicas: { min: settings?.min ?? 0, max: settings?.max ?? 0, desired: 0, ready: 0 },
    autoscaler: idleAutoscaler('emulated', settings?.cpuTarget ?? 0, 'it does not run'),
    pods: [],
    prices: null,
    problem,
  };
}

function fromReport(report: Report, look: Look): Snapshot {
  const { wish, rollout, ready, pods, prices } = report;
  const { min, max, port } = wish.settings;
  return {
    ...look,
    state: stateOf(report),
    url: urlOfPort(port),
    image: null,
    replicas: { min, max, desired: rollout.desired, ready },
    autoscaler: describeAutoscaler(report, look.atMs),
    pods,
    prices,
    problem: problemOf(report),
  };
}

function describeAutoscaler({ autoscaler, wish }: Report, nowMs: number): AutoscalerSnapshot {
  const { cpuTarget, behavior } = wish.settings;
  const { decision } = autoscaler;
  return {
    kind: 'emulated',
    cpuTarget,
    ...autoscaler,
    tolerance: { scaleUp: behavior.scaleUp.tolerance, scaleDown: behavior.scaleDown.tolerance },
    metricAgeMs: decision?.kind === 'computed' ? decision.recommendation.metricAgeMs + Math.max(0, nowMs - decision.atMs) : null,
  };
}

/** A scale-out or a replacement under way is no fault: what is there answers. */
function stateOf({ isEnding, pods, ready, wish }: Report): ServiceState {
  if (isEnding) return 'stopped';
  if (pods.some((pod) => pod.problem !== null)) return 'degraded';
  return ready >= wish.settings.min ? 'ready' : 'starting';
}

/** Base URL of a local service. */
export function urlOfPort(port: number): string {
  return `http://127.0.0.1:${port}`;
}
