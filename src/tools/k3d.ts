import type { Environment } from './files.ts';
import type { Processes } from './process.ts';
import { toolEnvironment } from './tool-environment.ts';

/** k3d, for clusters whose context is `k3d-<cluster>`. */
export interface K3d {
  /**
   * Copies an image of the docker engine into all nodes of a cluster. Success doesn't mean that it is there: look for it. Throws EnvironmentError
   * `PRICECTL_E_TOOL_MISSING` without k3d, ToolFailedError when it fails.
   */
  loadImage(image: string, cluster: string, signal: AbortSignal): Promise<void>;
}

/** Limit of a copy of a whole image. */
const loadLimitMs = 300_000;

/** The user's k3d. */
export function createK3d(options: { readonly processes: Processes; readonly env: Environment }): K3d {
  const env = toolEnvironment('k3d', options.env);
  return {
    async loadImage(image, cluster, signal) {
      await options.processes.run({ file: 'k3d', env, args: ['image', 'import', image, '--cluster', cluster], timeoutMs: loadLimitMs, signal });
    },
  };
}
