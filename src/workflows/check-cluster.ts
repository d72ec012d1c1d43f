import { checkCapacity } from '../targets/kubernetes/capacity-check.ts';
import { readMetricResolution } from '../targets/kubernetes/metrics-server.ts';
import { memoryLimitFor } from '../targets/kubernetes/memory-limit.ts';
import type { ServiceIdentity, ServiceSettings } from '../targets/target.ts';
import { PricectlError } from '../tools/errors.ts';
import { KubeApiError, type KubeApi } from '../tools/kube-api.ts';
import type { DoctorCheck } from './check-machine.ts';

/** A cluster that answers, and the service that is there or would be. */
export interface ClusterOptions {
  /** Opens the cluster's API. */
  readonly api: (signal: AbortSignal) => Promise<KubeApi>;
  readonly identity: ServiceIdentity;
  readonly settings: Pick<ServiceSettings, 'max' | 'cpuRequestMillicores' | 'metricResolutionMs' | 'cluster'>;
  readonly signal: AbortSignal;
}

/** Checks whether the cluster's autoscalers see the CPU, how soon, and whether its nodes hold what is asked for. */
export async function checkCluster(options: ClusterOptions): Promise<readonly DoctorCheck[]> {
  return Promise.all([checkMetrics(options), checkRoom(options)]);
}

async function checkMetrics({ api: open, identity, settings, signal }: ClusterOptions): Promise<DoctorCheck> {
  const needed = `every ${settings.metricResolutionMs / 1_000} s`;
  const isMinikube = identity.target === 'minikube';
  const mend = isMinikube ? 'pricectl up --target minikube' : 'install metrics-server: https://github.com/kubernetes-sigs/metrics-server';
  try {
    const api = await open(signal);
    const isThere = (await api.find<object>('/apis/metrics.k8s.io/v1beta1', signal)) !== undefined;
    if (!isThere) return { name: 'metrics', found: null, needed, state: isMinikube ? 'warning' : 'problem', mend };
    const resolutionMs = await readMetricResolution(api, signal);
    if (resolutionMs === undefined) return { name: 'metrics', found: 'served, how often is unknown', needed, state: 'ok', mend: null };
    const isSlow = resolutionMs > settings.metricResolutionMs;
    const faster = isMinikube ? mend : 'give metrics-server the argument --metric-resolution=15s: until then it scales out later';
    return { name: 'metrics', found: `every ${resolutionMs / 1_000} s`, needed, state: isSlow ? 'warning' : 'ok', mend: isSlow ? faster : null };
  } catch (error) {
    return notSeen('metrics', needed, error, signal);
  }
}

async function checkRoom({ api, identity, settings, signal }: ClusterOptions): Promise<DoctorCheck> {
  const { max, cpuRequestMillicores: cpuMillicores, cluster } = settings;
  const needed = `${max} replicas of ${cpuMillicores}m`;
  const request = { cpuMillicores, memoryBytes: cluster?.memoryLimitBytes ?? memoryLimitFor({ bytes: 0, rows: 0 }) };
  try {
    const shortfall = await checkCapacity({ identity, api }, max, request, signal);
    return { name: 'nodes', found: shortfall === undefined ? 'room enough, as far as can be seen' : 'too little room', needed, state: shortfall === undefined ? 'ok' : 'warning', mend: shortfall ?? null };
  } catch (error) {
    return notSeen('nodes', needed, error, signal);
  }
}

/** What the API says instead. Who may not look may yet deploy; a node that holds no replica at all is the end. */
function notSeen(name: string, needed: string, error: unknown, signal: AbortSignal): DoctorCheck {
  if (!(error instanceof PricectlError) || signal.aborted) throw error;
  const isForbidden = error instanceof KubeApiError && error.status === 403;
  const isFinal = error.code === 'PRICECTL_E_NO_NODE_HOLDS';
  return { name, found: isForbidden ? 'may not be read' : error.message, needed, state: isFinal ? 'problem' : isForbidden ? 'ok' : 'warning', mend: isForbidden ? null : (error.hints[0] ?? 'wait a minute, then pricectl doctor') };
}
