const localNames = /^(kind-.+|k3d-.+|docker-desktop|orbstack|colima(-.+)?|rancher-desktop)$/;

/** What tells whether a cluster is on this machine. */
export interface ContextFacts {
  readonly context: string;
  /** Whether it is that of our minikube profile. */
  readonly isOurProfile: boolean;
  /** URL of its API server. */
  readonly serverUrl: string | undefined;
}

/** Whether a context leads to a cluster on this machine, where a mistake costs little: by the names that local clusters have, or a loopback address. */
export function isLocalContext({ context, isOurProfile, serverUrl }: ContextFacts): boolean {
  return isOurProfile || localNames.test(context) || isLoopback(serverUrl);
}

function isLoopback(serverUrl: string | undefined): boolean {
  const host = serverUrl === undefined ? undefined : URL.parse(serverUrl)?.hostname;
  return host !== undefined && (/^127(\.\d{1,3}){3}$/.test(host) || host === 'localhost' || host === '[::1]');
}
