import { shellQuote } from '../../tools/shell-quote.ts';
import type { ServiceIdentity } from '../target.ts';
import { formatMemory, toBytes } from './judge-quantity.ts';
import type { Remedy } from './judge-trouble.ts';
import { containerName, containerPort } from './service-objects.ts';

/** What a command must know to be pasted as it is. */
export interface RemedyContext {
  readonly identity: ServiceIdentity;
  readonly pod: string | null;
  /** Memory that one replica may use, as the pod has it. */
  readonly memoryLimit: string | undefined;
  /** Where the price list comes from, as anybody may read it; undefined when unknown. */
  readonly prices: string | undefined;
  /** Whether the log that tells more is that of the process before. */
  readonly previousLog: boolean;
}

/** The one command that a trouble's message ends with. */
export function commandFor(remedy: Remedy, context: RemedyContext): string {
  const { identity, pod, memoryLimit, prices, previousLog } = context;
  const podName = pod ?? '';
  switch (remedy) {
    case 'describe-pod':
      return kubectl(identity, ['describe', 'pod', podName]);
    case 'describe-deployment':
      return kubectl(identity, ['describe', 'deployment', identity.name]);
    case 'describe-quota':
      return kubectl(identity, ['describe', 'resourcequota']);
    case 'describe-nodes':
      return kubectl({ context: identity.context }, ['describe', 'nodes']);
    case 'list-architectures':
      return kubectl({ context: identity.context }, ['get', 'nodes', '--label-columns', 'kubernetes.io/arch']);
    case 'read-log':
      return kubectl(identity, ['logs', podName, '--container', containerName, ...(previousLog ? ['--previous'] : [])]);
    case 'ask-readiness':
      return kubectl({ context: identity.context }, ['get', '--raw', `/api/v1/namespaces/${identity.namespace}/pods/${podName}:${containerPort}/proxy/readyz`]);
    case 'check-prices':
      return prices === undefined ? commandFor('read-log', context) : `pricectl prices check ${shellQuote(prices)}`;
    case 'more-memory':
      return upWith(identity, ['--memory-limit', formatMemory(2 * (toBytes(memoryLimit) ?? 2 ** 26))]);
  }
}

function kubectl({ context, namespace }: { readonly context: string | null; readonly namespace?: string }, args: readonly string[]): string {
  const place = [...(context === null ? [] : ['--context', context]), ...(namespace === undefined ? [] : ['--namespace', namespace])];
  return ['kubectl', ...place, ...args].map(shellQuote).join(' ');
}

/** `pricectl up` for this very service. */
function upWith({ target, context, namespace, name }: ServiceIdentity, args: readonly string[]): string {
  const own = [
    ...(target === 'kube' && context !== null ? ['--context', context] : []),
    ...(namespace === 'pricectl' ? [] : ['--namespace', namespace]),
    ...(name === 'price-api' ? [] : ['--name', name]),
  ];
  return ['pricectl', 'up', '--target', target, ...own, ...args].map(shellQuote).join(' ');
}
