import type { ImageLoader } from '../targets/kube.ts';
import type { Docker } from '../tools/docker.ts';
import { createDocker } from '../tools/docker.ts';
import type { Environment } from '../tools/files.ts';
import { createK3d } from '../tools/k3d.ts';
import { createKind } from '../tools/kind.ts';
import { createKubectl, type Kubectl } from '../tools/kubectl.ts';
import { createMinikube, type Minikube } from '../tools/minikube.ts';
import { createProcesses, type Processes } from '../tools/process.ts';

/** The programs that clusters are driven by. */
export interface ClusterTools {
  readonly processes: Processes;
  readonly docker: Docker;
  /** For our own profile. */
  readonly minikube: Minikube;
  kubectl(context: string): Kubectl;
  /** The tool that loads images into the nodes of a context's cluster; undefined when it has none. */
  imageLoader(context: string): ImageLoader | undefined;
}

function createImageLoader(context: string, processes: Processes, env: Environment): ImageLoader | undefined {
  const [, tool, cluster = ''] = /^(kind|k3d)-(.+)$/.exec(context) ?? [];
  if (tool === undefined) return undefined;
  const loader = tool === 'kind' ? createKind({ processes, env }) : createK3d({ processes, env });
  return { tool, load: (image, signal) => loader.loadImage(image, cluster, signal) };
}

/** The programs on the user's PATH. */
export function createClusterTools(env: Environment, profile: string): ClusterTools {
  const processes = createProcesses();
  return {
    processes,
    docker: createDocker({ processes, env }),
    minikube: createMinikube({ profile, processes, env }),
    kubectl: (context) => createKubectl({ context, processes, env }),
    imageLoader: (context) => createImageLoader(context, processes, env),
  };
}
