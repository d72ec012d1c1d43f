import { createPatientApi } from '../../tools/kube-api-patience.ts';
import { acquireLock } from '../../tools/lock.ts';
import { idleAutoscaler } from '../idle-autoscaler.ts';
import type { Snapshot, Target } from '../target.ts';
import { connect, findDirectUrl } from './access.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { downSteps } from './down-steps.ts';
import { readClusterLogs } from './logs.ts';
import { planSteps } from './plan-steps.ts';
import { pushSteps } from './push-steps.ts';
import { isReachable, readRunningSettings } from './running-settings.ts';
import { openShell } from './shell.ts';
import { createSnapshotTaker } from './snapshot.ts';
import { upSteps } from './up-steps.ts';

/** A target on a cluster. `close` ends what its parts have open. */
export function createClusterTarget(parts: ClusterParts, close: () => Promise<void>): Target {
  const { service, record } = parts;
  const { identity, clock } = service;
  const snapshots = createSnapshotTaker(service, rememberUrl(parts));
  // Work goes on when an API server was restarted; a look says what is now.
  const patient: ClusterParts = { ...parts, service: { ...service, api: async (signal) => createPatientApi(await service.api(signal), clock) } };
  return {
    identity,
    runningSettings: (signal, options) => readRunningSettings(patient, signal, options),
    upSteps: (settings) => upSteps(patient, settings),
    planSteps: (settings) => planSteps(patient, settings),
    downSteps: (options) => downSteps(patient, options),
    pushSteps: (prices, signal) => pushSteps(patient, prices, signal),
    async snapshot(signal, { isPatient } = {}) {
      if (!(await isReachable(parts, signal))) return withoutCluster(parts, signal);
      return isPatient ? createSnapshotTaker(patient.service, rememberUrl(patient)).take(signal) : snapshots.take(signal);
    },
    logs: (options) => readClusterLogs(service, options),
    connect: (signal) => connect(parts, signal),
    shell: (image, signal) => openShell(parts, image, signal),
    lock: (command) => acquireLock({ path: record.lockFile, top: record.stateFolder, command, clock }),
    [Symbol.asyncDispose]: close,
  };
}

/** Looks for the URL until it is known; snapshots are taken each second, and the look takes as long as the slowest address. */
function rememberUrl(parts: ClusterParts): (signal: AbortSignal) => Promise<string | null> {
  let known: string | undefined;
  return async (signal) => {
    known ??= await findDirectUrl(parts, signal);
    return known ?? null;
  };
}

/** What is known of a service whose cluster doesn't run, or can't be looked at. */
async function withoutCluster(parts: ClusterParts, signal: AbortSignal): Promise<Snapshot> {
  const { service, record } = parts;
  const settings = await record.read();
  const obstacle = await findObstacle(parts, settings !== undefined, signal);
  return {
    atMs: service.clock.now(),
    state: obstacle === undefined ? 'absent' : 'stopped',
    identity: service.identity,
    url: null,
    image: null,
    replicas: { min: settings?.min ?? 0, max: settings?.max ?? 0, desired: 0, ready: 0 },
    autoscaler: idleAutoscaler('kubernetes', settings?.cpuTarget ?? 0, obstacle?.explanation ?? 'it does not run'),
    pods: [],
    prices: null,
    problem: obstacle?.problem ?? null,
  };
}

/** What of the cluster keeps the service from being seen; undefined where there is none to see. */
async function findObstacle({ service, platform }: ClusterParts, wasUp: boolean, signal: AbortSignal): Promise<{ readonly problem: string; readonly explanation: string } | undefined> {
  const whereabouts = await platform.whereabouts(signal);
  if (whereabouts === 'misconfigured') {
    const problem = `the kubeconfig doesn't lead to the cluster ${service.identity.context ?? ''}; pricectl up mends it`;
    return { problem, explanation: 'nobody knows what it does' };
  }
  return wasUp && whereabouts === 'stopped' ? { problem: 'the cluster is stopped; pricectl up starts it', explanation: 'it does not run' } : undefined;
}
