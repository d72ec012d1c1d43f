import { EnvironmentError, UsageError } from '../tools/errors.ts';
import type { Docker } from '../tools/docker.ts';
import type { Kubectl } from '../tools/kubectl.ts';
import type { ApiSession } from './kubernetes/api-session.ts';
import type { ClusterPlatform, Whereabouts } from './kubernetes/cluster-platform.ts';
import { isOnAllNodes, isOnSomeNode } from './kubernetes/node-images.ts';
import { checkServer, describeServer, requireKubectl } from './kubernetes/tool-versions.ts';
import type { StepContext, StepReport } from './target.ts';

/** A tool that copies images into the nodes of its clusters: kind or k3d. */
export interface ImageLoader {
  /** Its name, for messages. */
  readonly tool: string;
  load(image: string, signal: AbortSignal): Promise<void>;
}

/** What the platform of a cluster of somebody else is made of. */
export interface KubePlatformOptions {
  readonly kubectl: Kubectl;
  readonly docker: Docker;
  readonly session: ApiSession;
  /** The cluster's own tool to load images, for kind and k3d; undefined for others. */
  readonly loader: ImageLoader | undefined;
}

/** Any cluster by its context: it must be there, and stays. */
export function createKubePlatform(options: KubePlatformOptions): ClusterPlatform {
  return {
    prepareSteps: () => [{ title: 'cluster', run: (context) => checkCluster(options, context) }],
    planSteps: () => [{ title: 'cluster', run: (context) => checkCluster(options, context) }],
    deliverImage: (image, context) => deliverImage(options, image, context),
    // What a registry has is the nodes' business: a push leaves out what is there.
    hasImage: (image, signal) => hasImage(options, image, signal),
    whereabouts: (signal) => findContext(options.kubectl, signal),
    // Never `misconfigured`: the kubeconfig is all that is known of it.
    mendAccess: async () => {},
    openUrl: async () => undefined,
    removeSteps: () => {
      throw new UsageError('PRICECTL_E_USAGE', '--cluster deletes the minikube profile that up made; a cluster of --target kube is never deleted');
    },
  };
}

/** A context that the kubeconfig doesn't have any more is that of a cluster that was deleted: kind and k3d remove it. */
async function findContext(kubectl: Kubectl, signal: AbortSignal): Promise<Whereabouts> {
  return (await kubectl.serverUrl(signal)) === undefined ? 'gone' : 'here';
}

/** A cluster of somebody else is not prepared, only looked at. */
async function checkCluster({ kubectl, session }: KubePlatformOptions, { signal }: StepContext): Promise<StepReport> {
  const client = await requireKubectl(kubectl, signal);
  const version = await checkServer(await session.open(signal), client, signal);
  return { outcome: 'unchanged', detail: `${kubectl.context}${describeServer(version)}`, warnings: version.warnings };
}

/** Tags are hashes of the content, so an image that nodes have is the right one; one of a registry that a node has was pulled from there. */
async function hasImage({ loader, session }: KubePlatformOptions, image: string, signal: AbortSignal): Promise<boolean> {
  const api = await session.open(signal);
  return loader === undefined ? isOnSomeNode(api, image, signal) : isOnAllNodes(api, image, signal);
}

async function deliverImage(options: KubePlatformOptions, image: string, { signal, progress }: StepContext): Promise<StepReport> {
  const { docker, loader, kubectl } = options;
  if (await hasImage(options, image, signal)) return { outcome: 'unchanged', detail: `${image}, seen in the nodes` };
  if (loader !== undefined) {
    progress(`loads ${image} into the nodes by ${loader.tool}`);
    await loader.load(image, signal);
    return { outcome: 'done', detail: `${image}, loaded by ${loader.tool}` };
  }
  if (image.startsWith('localhost/')) {
    throw new EnvironmentError('PRICECTL_E_NO_REGISTRY', `the nodes of ${kubectl.context} can't get an image that only this machine has`, {
      hints: ['push it: --registry ghcr.io/you', 'or name one that is there: --image REF'],
    });
  }
  progress(`pushes ${image}`);
  await docker.push(image, progress, signal);
  return { outcome: 'done', detail: `${image}, pushed` };
}
