import { randomBytes } from 'node:crypto';
import { TimeoutError } from '../../tools/errors.ts';
import type { ServiceShell } from '../target.ts';
import { findInside } from './access.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { ClusterService } from './cluster-service.ts';
import { ownLabels, servicePaths } from './service-objects.ts';

/** Who may do nothing: the pod passes the `restricted` Pod Security Standard. */
const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 10_001,
  runAsGroup: 10_001,
  seccompProfile: { type: 'RuntimeDefault' },
};

/**
 * A throw-away pod with a shell, in the service's namespace; by default of the service's own image, whose base has one unless `--base-image` said
 * otherwise. `kubectl run` removes it at the end; disposal does when that could not. Throws EnvironmentError `PRICECTL_E_NOT_UP`.
 */
export async function openShell(parts: ClusterParts, image: string | undefined, signal: AbortSignal): Promise<ServiceShell> {
  const { service } = parts;
  const { namespace, name } = service.identity;
  const inside = await findInside(parts, signal);
  const pod = `${name}-shell-${randomBytes(3).toString('hex')}`;
  const container = {
    name: pod,
    image: image ?? inside.image,
    command: ['sh'],
    stdin: true,
    stdinOnce: true,
    tty: process.stdin.isTTY,
    env: [{ name: 'PRICECTL_URL', value: inside.url }],
    securityContext: containerSecurity,
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
  };
  const labels = { ...ownLabels(name), 'app.kubernetes.io/component': 'shell' };
  const overrides = {
    metadata: { labels },
    spec: { containers: [container], automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
  };
  const terminal = container.tty ? ['--tty'] : [];
  const args = ['run', pod, '--rm', '--stdin', ...terminal, '--quiet', '--restart=Never', `--image=${container.image}`, `--overrides=${JSON.stringify(overrides)}`];
  return {
    file: 'kubectl',
    args: service.kubectl.argumentsFor(namespace, args),
    env: {},
    url: inside.url,
    [Symbol.asyncDispose]: () => removePod(service, pod),
  };
}

/** Not by the command's own signal: its abort is why the pod is still there. Throws TimeoutError when the cluster doesn't answer. */
async function removePod(service: ClusterService, pod: string): Promise<void> {
  const limit = AbortSignal.timeout(10_000);
  try {
    const api = await service.api(limit);
    await api.delete(`${servicePaths(service.identity).pods}/${pod}`, limit);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new TimeoutError('PRICECTL_E_TIMEOUT', `the pod ${pod} may still be there: the cluster doesn't answer`, { hints: ['pricectl down removes it too'] });
  }
}
