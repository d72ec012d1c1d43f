import { EnvironmentError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { Kubectl } from '../../tools/kubectl.ts';
import { describeSkew, installHints, refuseOlder } from './judge-versions.ts';
import { unlessForbidden } from './unless-forbidden.ts';

/** What is to be known of a cluster before anything is deployed on it. */
export interface ClusterVersion {
  /** `1.36.2`; null when it may not be seen. */
  readonly server: string | null;
  readonly warnings: readonly string[];
}

/** Version of the kubectl that is here. Throws EnvironmentError `PRICECTL_E_TOOL_MISSING` and `PRICECTL_E_TOO_OLD`. */
export async function requireKubectl(kubectl: Pick<Kubectl, 'clientVersion'>, signal: AbortSignal): Promise<string> {
  const version = await kubectl.clientVersion(signal);
  if (version === undefined) throw new EnvironmentError('PRICECTL_E_TOOL_MISSING', "kubectl isn't installed: PATH leads to no such program", { hints: [installHints.kubectl] });
  refuseOlder('kubectl', version);
  return version;
}

/**
 * Version of a cluster, with a warning when kubectl is further from it than Kubernetes supports. Throws EnvironmentError `PRICECTL_E_TOO_OLD`, and
 * what the API throws.
 */
export async function checkServer(api: KubeApi, client: string, signal: AbortSignal): Promise<ClusterVersion> {
  const server = await readServerVersion(api, signal);
  if (server === null) return { server, warnings: [] };
  refuseOlder('server', server);
  const skew = describeSkew(client, server);
  return { server, warnings: skew === undefined ? [] : [skew] };
}

/** As the details of steps have it: `, Kubernetes 1.36.2`; nothing when it isn't known. */
export function describeServer({ server }: ClusterVersion): string {
  return server === null ? '' : `, Kubernetes ${server}`;
}

async function readServerVersion(api: KubeApi, signal: AbortSignal): Promise<string | null> {
  // Who may not see the version may yet see the rest.
  const version = await unlessForbidden(api.get<{ gitVersion: string }>('/version', signal));
  return version?.gitVersion.replace(/^v/, '') ?? null;
}
