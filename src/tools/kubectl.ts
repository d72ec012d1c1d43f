import type { KubeApi } from './kube-api.ts';

/** Versions that `kubectl version -o json` tells; the server's is null when it doesn't answer. */
export interface KubectlVersions {
  /** `1.36.3`, without the v. */
  readonly client: string;
  readonly server: string | null;
}

/** A port of this machine's loopback address that leads to one pod of a service. */
export interface PortForward extends AsyncDisposable {
  readonly url: string;
}

/** kubectl for one context; every call carries `--context`, and `--namespace` where there is one. */
export interface Kubectl {
  readonly context: string;
  /** Throws EnvironmentError `PRICECTL_E_TOOL_MISSING` without kubectl. */
  versions(signal: AbortSignal): Promise<KubectlVersions>;
  /** Names of all contexts of the user's kubeconfig. */
  contexts(signal: AbortSignal): Promise<readonly string[]>;
  /** URL of the context's API server, as the kubeconfig has it; undefined when there is no such context. */
  serverUrl(signal: AbortSignal): Promise<string | undefined>;
  /**
   * Starts `kubectl proxy` on a Unix socket in a folder of its own (0700) and speaks to the API through it. The proxy ends on disposal, and
   * also when this process dies. Throws EnvironmentError `PRICECTL_E_CLUSTER_DOWN` or `PRICECTL_E_NO_CONTEXT`.
   */
  openApi(signal: AbortSignal): Promise<KubeApi & AsyncDisposable>;
  /** Forwards a loopback port to a Service's port through one pod, and starts anew when that pod ends, on the same port. */
  portForward(options: { readonly namespace: string; readonly service: string; readonly port: number; readonly signal: AbortSignal }): Promise<PortForward>;
  /** Arguments of an interactive `kubectl run` or `exec` for `runInteractive`: context and namespace in front. */
  argumentsFor(namespace: string, args: readonly string[]): readonly string[];
}
