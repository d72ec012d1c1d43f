import type { Environment } from './files.ts';
import type { Processes } from './process.ts';
import { toolEnvironment } from './tool-environment.ts';

/** kind, for clusters whose context is `kind-<cluster>`. */
export interface Kind {
  /**
   * Copies an image of the docker engine into all nodes of a cluster. Success doesn't mean that it is there: look for it. Throws EnvironmentError
   * `PRICECTL_E_TOOL_MISSING` without kind, ToolFailedError when it fails.
   */
  loadImage(image: string, cluster: string, signal: AbortSignal): Promise<void>;
}

/** Limit of a copy of a whole image. */
const loadLimitMs = 300_000;

/** The user's kind. */
export function createKind(options: { readonly processes: Processes; readonly env: Environment }): Kind {
  const env = toolEnvironment('kind', options.env);
  return {
    async loadImage(image, cluster, signal) {
      await options.processes.run({ file: 'kind', env, args: ['load', 'docker-image', image, '--name', cluster], timeoutMs: loadLimitMs, signal });
    },
  };
}
