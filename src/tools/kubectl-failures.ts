import { EnvironmentError } from './errors.ts';
import { type ClusterDownError, type CredentialsError, unreachable } from './kube-api-failures.ts';
import { ToolFailedError } from './process.ts';

/** What kubectl's own words mean, where they name something that the user can mend; any other failure passes. */
export function kubectlFailure(error: unknown, context: string): unknown {
  return error instanceof ToolFailedError ? (knownFailure(error.stderr, context, error) ?? error) : error;
}

/** The failure that kubectl's stderr tells of; undefined for one that we don't know. */
export function knownFailure(stderr: string, context: string, cause?: unknown): EnvironmentError | ClusterDownError | CredentialsError | undefined {
  if (/context "?.*"? does not exist|no context exists with the name/.test(stderr)) {
    return new EnvironmentError('PRICECTL_E_NO_CONTEXT', `the kubeconfig has no context ${context}`, { hints: ['kubectl config get-contexts'], cause });
  }
  const config = /error loading config file .*|unable to read (?:client-cert|client-key|certificate-authority) .*/.exec(stderr)?.[0];
  if (config !== undefined) return new EnvironmentError('PRICECTL_E_KUBECONFIG', config, { hints: ['kubectl config view shows what it reads; KUBECONFIG names the files'], cause });
  const down = /(?:The connection to the server .* was refused|Unable to connect to the server: .*|couldn't get current server API group list: .*|dial tcp .*)/.exec(stderr)?.[0];
  const login = /getting credentials: .*|You must be logged in .*/.exec(stderr)?.[0];
  const words = login ?? down;
  return words === undefined ? undefined : unreachable(context, words, { isFinal: true, cause });
}
