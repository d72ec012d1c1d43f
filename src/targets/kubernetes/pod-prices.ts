import type { KubeApi } from '../../tools/kube-api.ts';
import { parseJson } from '../../tools/json.ts';
import { parseMetrics, type ReplicaMetrics } from '../replica-metrics.ts';
import { readServedPrices, type ServedPrices } from '../served-prices.ts';
import type { ServiceIdentity } from '../target.ts';
import { containerPort, servicePaths } from './service-objects.ts';

/** A busy pod answers late; one that is later than this is unknown for once. */
const timeoutMs = 1_000;

/** Which prices a pod serves, by its own word; undefined when it doesn't say in time. Throws the signal's reason on abort. */
export async function askPodPrices(api: KubeApi, identity: ServiceIdentity, pod: string, signal: AbortSignal): Promise<ServedPrices | undefined> {
  const body = await askPod(api, identity, `${pod}:${containerPort}/proxy/version`, signal);
  if (body === undefined) return undefined;
  try {
    return readServedPrices(parseJson(body));
  } catch {
    // Another server, or one without prices.
    return undefined;
  }
}

/** Throws KubeApiError, which has the right that is missing, when this user may not ask a pod. */
export async function requireAccess(api: KubeApi, identity: ServiceIdentity, pod: string, signal: AbortSignal): Promise<void> {
  const path = `${servicePaths(identity).pods}/${pod}:${containerPort}/proxy/version`;
  const answer = await api.text(path, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (answer?.status === 403) await api.get(path, signal);
}

/** A pod's own counters; undefined when it doesn't say in time. Throws the signal's reason on abort. */
export async function askPodMetrics(api: KubeApi, identity: ServiceIdentity, pod: string, signal: AbortSignal): Promise<ReplicaMetrics | undefined> {
  const body = await askPod(api, identity, `${pod}:${containerPort}/proxy/metrics`, signal);
  return body === undefined ? undefined : parseMetrics(body);
}

async function askPod(api: KubeApi, identity: ServiceIdentity, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { status, body } = await api.text(`${servicePaths(identity).pods}/${path}`, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    return status === 200 ? body : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
