import { EnvironmentError } from '../../tools/errors.ts';
import type { Deployment } from '../../tools/kube-objects.ts';
import type { ServiceSettings, SettingsLook } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { isOwn, servicePaths, settingsAnnotation } from './service-objects.ts';
import { parseSettings } from './service-record.ts';

/** The service's own Deployment; undefined when there is none, or one of somebody else. Throws what the API throws. */
export async function findDeployment({ service }: ClusterParts, signal: AbortSignal): Promise<Deployment | undefined> {
  const api = await service.api(signal);
  const { name } = service.identity;
  const found = await api.find<Deployment>(`${servicePaths(service.identity).deployments}/${name}`, signal);
  return found !== undefined && isOwn(found, name) ? found : undefined;
}

/**
 * What the service runs with: by its Deployment's annotation; by what the last `up` from here left when the cluster is stopped, or when the kubeconfig
 * doesn't lead to it and mustn't be mended. Undefined when it isn't up. Throws EnvironmentError when the cluster should answer and doesn't, and `PRICECTL_E_SETTINGS_UNREADABLE` for an annotation that this
 * version can't read: defaults in its place would change the service without a word.
 */
export async function readRunningSettings(parts: ClusterParts, signal: AbortSignal, { mayMend = false }: SettingsLook = {}): Promise<ServiceSettings | undefined> {
  if (!(await isReachable(parts, signal))) {
    if (!mayMend || (await parts.platform.whereabouts(signal)) !== 'misconfigured') return parts.record.read();
    await parts.platform.mendAccess(signal);
  }
  const deployment = await findDeployment(parts, signal);
  if (deployment === undefined) return undefined;
  const settings = parseSettings(deployment.metadata.annotations?.[settingsAnnotation] ?? '');
  if (settings === undefined) throw unreadable(parts.service.identity.name);
  return settings;
}

function unreadable(name: string): EnvironmentError {
  return new EnvironmentError('PRICECTL_E_SETTINGS_UNREADABLE', `what ${name} runs with can't be read from its Deployment's annotation ${settingsAnnotation}`, {
    hints: ['use the pricectl that brought it up, or a newer one', 'or begin anew: pricectl down, then pricectl up'],
  });
}

/** Whether the cluster's API answers; false for one that is stopped or gone by its own tool's word. Throws EnvironmentError for one that should answer, and for a context that nobody knows: it may be mistyped. */
export async function isReachable(parts: ClusterParts, signal: AbortSignal): Promise<boolean> {
  const { service, platform } = parts;
  try {
    await service.api(signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EnvironmentError && (await platform.whereabouts(signal)) !== 'here' && (await isKnown(parts))) return false;
    throw error;
  }
}

/** Our own profile may be missing; a cluster of the user's was there when something was brought up on it. */
async function isKnown({ service, record }: ClusterParts): Promise<boolean> {
  return service.identity.target === 'minikube' || (await record.read()) !== undefined;
}
