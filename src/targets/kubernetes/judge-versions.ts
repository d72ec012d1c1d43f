import { EnvironmentError } from '../../tools/errors.ts';

/** Oldest versions of the tools that we know to work. minikube 1.32 has all flags and events that we use, kubectl 1.28 the oldest API server that runs our manifests. */
export const oldest = { minikube: '1.32.0', kubectl: '1.28.0', server: '1.30.0' } as const;

/** What mends that a tool is missing or too old; a sentence each. */
export const installHints = {
  minikube: 'install it: https://minikube.sigs.k8s.io/docs/start',
  kubectl: 'install it: https://kubernetes.io/docs/tasks/tools',
  server: 'use a newer cluster',
} as const;

/** Throws EnvironmentError `PRICECTL_E_TOO_OLD` for a version that is older than we know to work. */
export function refuseOlder(what: keyof typeof oldest, version: string): void {
  if (!isOlder(version, oldest[what])) return;
  const name = what === 'server' ? 'Kubernetes' : what;
  throw new EnvironmentError('PRICECTL_E_TOO_OLD', `${name} ${version} is too old: it takes ${oldest[what]} or newer`, { hints: [installHints[what]] });
}

/** Whether a version (`1.36.3`, `1.36.3-eks-12`) is older than another; false for what is no version. */
export function isOlder(version: string, than: string): boolean {
  const [major, minor] = parse(version) ?? [];
  const [otherMajor, otherMinor] = parse(than) ?? [];
  if (major === undefined || minor === undefined || otherMajor === undefined || otherMinor === undefined) return false;
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}

/**
 * That kubectl is further from its API server than Kubernetes supports, in words; undefined when it isn't. One minor version either way is
 * supported (https://kubernetes.io/releases/version-skew-policy/).
 */
export function describeSkew(client: string, server: string): string | undefined {
  const [, clientMinor] = parse(client) ?? [];
  const [, serverMinor] = parse(server) ?? [];
  if (clientMinor === undefined || serverMinor === undefined || Math.abs(clientMinor - serverMinor) <= 1) return undefined;
  return `kubectl ${client} and Kubernetes ${server} are more than one minor version apart, which Kubernetes doesn't support`;
}

function parse(version: string): readonly [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  return match?.[1] === undefined || match[2] === undefined ? undefined : [Number(match[1]), Number(match[2])];
}
