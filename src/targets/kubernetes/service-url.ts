import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeNode, Service } from '../../tools/kube-objects.ts';
import { getJson, type HttpClient } from '../../tools/http.ts';
import { isRecord } from '../../tools/json.ts';
import type { ClusterService } from './cluster-service.ts';
import { servicePaths } from './service-objects.ts';
import { unlessForbidden } from './unless-forbidden.ts';

/** How long an address may take to answer before it counts as one that doesn't lead there from here. */
const probeTimeoutMs = 1_500;

/** Nodes that are tried; a node port is the same on all of them. */
const mostNodes = 3;

/** URLs at which a Service may be reached from outside its cluster, the best first; whether they lead there from here is another question. */
export async function externalUrls(service: ClusterService, signal: AbortSignal): Promise<readonly string[]> {
  const api = await service.api(signal);
  const { name } = service.identity;
  const found = await api.find<Service>(`${servicePaths(service.identity).services}/${name}`, signal);
  const port = found?.spec.ports?.[0];
  if (found === undefined || port === undefined) return [];
  const balancers = (found.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const nodes = port.nodePort === undefined ? [] : await nodeAddresses(api, signal);
  return [...balancers.map((host) => urlOf(host, port.port)), ...nodes.map((host) => urlOf(host, port.nodePort ?? 0))];
}

async function nodeAddresses(api: KubeApi, signal: AbortSignal): Promise<readonly string[]> {
  const nodes = await unlessForbidden(api.list<KubeNode>('/api/v1/nodes', { limit: mostNodes }, signal));
  return (nodes?.items ?? [])
    .slice(0, mostNodes)
    .flatMap(({ status }) => status?.addresses ?? [])
    .filter(({ type }) => type === 'ExternalIP' || type === 'InternalIP')
    .map(({ address }) => address);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The first of these URLs at which a price server answers; undefined when none does. The signal's reason on abort. */
export async function findAnswering(http: HttpClient, urls: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  const answers = await Promise.all(urls.map((url) => isAnswering(http, url, signal)));
  signal.throwIfAborted();
  return urls.find((_, index) => answers[index]);
}

/** Whether a price server of ours answers there: something else may have the same address in another network. */
export async function isAnswering(http: HttpClient, url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const version = await getJson(http, `${url}/version`, { timeoutMs: probeTimeoutMs, signal });
    return isRecord(version) && 'prices' in version;
  } catch {
    return false;
  }
}
