import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeNode } from '../../tools/kube-objects.ts';

type NodeWithImages = KubeNode & { readonly status?: { readonly images?: readonly { readonly names?: readonly string[] }[] } };

/**
 * Whether every node says that it has an image. False proves nothing: a node names 50 images at most, and as they were up to some minutes ago
 * (Kubernetes: kubelet `nodeStatusMaxImages`).
 */
export async function isOnAllNodes(api: KubeApi, image: string, signal: AbortSignal): Promise<boolean> {
  const { items } = await api.list<NodeWithImages>('/api/v1/nodes', {}, signal);
  return items.length > 0 && items.every(({ status }) => (status?.images ?? []).some(({ names }) => names?.includes(image)));
}
