import { PricectlError } from '../../tools/errors.ts';
import type { ServiceIdentity, ServiceSettings, ServiceState, Snapshot } from '../target.ts';
import type { Report } from './control-protocol.ts';
import { findSupervisor, type LocalService } from './local-service.ts';

/** One moment of a local service. Throws what finding its supervisor throws, and the signal's reason on abort. */
export async function takeSnapshot(service: LocalService, signal: AbortSignal): Promise<Snapshot> {
  const found = await findSupervisor(service, signal);
  const { identity } = service;
  switch (found.kind) {
    case 'absent':
      return withoutSupervisor(identity, 'absent', undefined, null);
    case 'unreadable':
      return withoutSupervisor(identity, 'stopped', undefined, `the state file is damaged; pricectl up mends it (${found.reason})`);
    case 'gone': {
      const { isStopped, settings } = found.state;
      const problem = isStopped ? 'the service was stopped; pricectl up starts it again' : 'the supervisor is gone; pricectl up mends it';
      return withoutSupervisor(identity, 'stopped', settings, problem);
    }
    case 'running':
      try {
        return fromReport(identity, await found.control.report(signal));
      } catch (error) {
        if (!(error instanceof PricectlError) || signal.aborted) throw error;
        const problem = `the supervisor (pid ${found.state.supervisor.pid}) doesn't answer; pricectl up mends it`;
        return withoutSupervisor(identity, 'degraded', found.state.settings, problem);
      }
  }
}

function withoutSupervisor(identity: ServiceIdentity, state: ServiceState, settings: ServiceSettings | undefined, problem: string | null): Snapshot {
  return {
    state,
    identity,
    url: settings === undefined ? null : urlOfPort(settings.port),
    image: null,
    replicas: { min: settings?.min ?? 0, max: settings?.max ?? 0, desired: 0, ready: 0 },
    autoscaler: { kind: 'emulated', cpuPercent: null, cpuTarget: settings?.cpuTarget ?? 0, explanation: 'it does not run' },
    pods: [],
    prices: null,
    problem,
  };
}

function fromReport(identity: ServiceIdentity, report: Report): Snapshot {
  const { wish, rollout, ready, pods, prices } = report;
  const { min, max, cpuTarget, port } = wish.settings;
  return {
    state: stateOf(report),
    identity,
    url: urlOfPort(port),
    image: null,
    replicas: { min, max, desired: rollout.desired, ready },
    autoscaler: { kind: 'emulated', cpuTarget, ...report.autoscaler },
    pods,
    prices,
    problem: problemOf(report),
  };
}

/** A scale-out or a replacement under way is no fault: what is there answers. */
function stateOf({ isEnding, pods, ready, wish }: Report): ServiceState {
  if (isEnding) return 'stopped';
  if (pods.some((pod) => pod.problem !== null)) return 'degraded';
  return ready >= wish.settings.min ? 'ready' : 'starting';
}

/** What is wrong with the service as a whole: nobody can use it. */
function problemOf({ isEnding, pods, ready }: Report): string | null {
  if (isEnding) return 'the service is being stopped';
  const failing = pods.find((pod) => pod.problem !== null);
  return ready === 0 && failing !== undefined ? `no replica is ready: ${failing.name} ${failing.problem}` : null;
}

/** Base URL of a local service. */
export function urlOfPort(port: number): string {
  return `http://127.0.0.1:${port}`;
}
