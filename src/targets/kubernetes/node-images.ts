import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeNode } from '../../tools/kube-objects.ts';
import { unlessForbidden } from './unless-forbidden.ts';

type NodeWithImages = KubeNode & { readonly status?: { readonly images?: readonly { readonly names?: readonly string[] }[] } };

/**
 * Whether every node says that it has an image. False proves nothing: a node names 50 images at most, and as they were up to some minutes ago
 * (Kubernetes: kubelet `nodeStatusMaxImages`).
 */
export async function isOnAllNodes(api: KubeApi, image: string, signal: AbortSignal): Promise<boolean> {
  const nodes = await listNodes(api, signal);
  return nodes.length > 0 && nodes.every((node) => hasImage(node, image));
}

/** Whether a node says that it has an image: one of a registry is in the registry then. False proves nothing, and nodes may not be read by everybody. */
export async function isOnSomeNode(api: KubeApi, image: string, signal: AbortSignal): Promise<boolean> {
  return (await listNodes(api, signal)).some((node) => hasImage(node, image));
}

/** None for who may not read nodes. */
async function listNodes(api: KubeApi, signal: AbortSignal): Promise<readonly NodeWithImages[]> {
  return (await unlessForbidden(api.list<NodeWithImages>('/api/v1/nodes', {}, signal)))?.items ?? [];
}

function hasImage({ status }: NodeWithImages, image: string): boolean {
  return (status?.images ?? []).some(({ names }) => names?.includes(image));
}
