import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeNode } from '../../tools/kube-objects.ts';

type NodeWithImages = KubeNode & { readonly status?: { readonly images?: readonly { readonly names?: readonly string[] }[] } };

/**
 * Whether every node says that it has an image. False proves nothing: a node names 50 images at most, and as they were up to some minutes ago
 * (Kubernetes: kubelet `nodeStatusMaxImages`).
 */
export async function isOnAllNodes(api: KubeApi, image: string, signal: AbortSignal): Promise<boolean> {
  const { items } = await api.list<NodeWithImages>('/api/v1/nodes', {}, signal);
  return items.length > 0 && items.every((node) => hasImage(node, image));
}

/** Whether a node says that it has an image: one of a registry is in the registry then. False proves nothing, and nodes may not be read by everybody. */
export async function isOnSomeNode(api: KubeApi, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { items } = await api.list<NodeWithImages>('/api/v1/nodes', {}, signal);
    return items.some((node) => hasImage(node, image));
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return false;
    throw error;
  }
}

function hasImage({ status }: NodeWithImages, image: string): boolean {
  return (status?.images ?? []).some(({ names }) => names?.includes(image));
}
