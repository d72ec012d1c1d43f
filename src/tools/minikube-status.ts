import { ToolError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';

/** What a profile is, and whether the kubeconfig leads to it. */
interface ProfileStatus {
  readonly state: 'running' | 'stopped' | 'paused' | 'degraded';
  readonly isConfigured: boolean;
}

/**
 * Reads `minikube status -o json`: an object, a list of them for several nodes, null when none can be read. A profile whose node is gone counts as
 * stopped: a start makes it anew. Throws ToolError `PRICECTL_E_MINIKUBE` for anything else that says that all is well.
 */
export function parseMinikubeStatus(stdout: string, exitCode: number): ProfileStatus {
  const said = parseJson(stdout);
  if (exitCode === 0 && !isRecord(said) && !Array.isArray(said)) {
    throw new ToolError('PRICECTL_E_MINIKUBE', 'minikube status says nothing that can be read', { hints: ['run it by itself, to see what it says: minikube status'] });
  }
  const nodes = (Array.isArray(said) ? said : [said]).filter(isRecord);
  const states = nodes.map(nodeState);
  return {
    state: states.length === 0 ? 'degraded' : (states.find((state) => state !== 'running') ?? 'running'),
    isConfigured: nodes.length > 0 && nodes.every((node) => ['Configured', 'Irrelevant'].includes(String(node['Kubeconfig']))),
  };
}

function nodeState(node: Readonly<Record<string, unknown>>): ProfileStatus['state'] {
  const { Host, Kubelet, APIServer } = node;
  if (Host === 'Stopped' || Host === 'Nonexistent') return 'stopped';
  if (Host === 'Paused' || APIServer === 'Paused') return 'paused';
  return Host === 'Running' && Kubelet === 'Running' && ['Running', 'Irrelevant'].includes(String(APIServer)) ? 'running' : 'degraded';
}

/** What of a profile's configuration decides whether an autoscaler can work on it. */
export interface MinikubeConfig {
  /** `containerd`, `docker` or `cri-o`; empty when the profile doesn't say. */
  readonly containerRuntime: string;
  /** Made with `--disable-metrics`: its kubelet looks at the CPU each five minutes. */
  readonly metricsDisabled: boolean;
}

/** A profile's configuration in `minikube profile list -o json`; undefined when the profile isn't in it. */
export function parseMinikubeConfig(stdout: string, profile: string): MinikubeConfig | undefined {
  const said = parseJson(stdout);
  const listed = isRecord(said) ? [said['valid'], said['invalid']].flat() : [];
  const config = listed.filter(isRecord).find(({ Name }) => Name === profile)?.['Config'];
  if (!isRecord(config)) return undefined;
  const { KubernetesConfig: kubernetes, DisableMetrics } = config;
  const runtime = isRecord(kubernetes) ? kubernetes['ContainerRuntime'] : undefined;
  return { containerRuntime: typeof runtime === 'string' ? runtime : '', metricsDisabled: DisableMetrics === true };
}

/** Tags in `minikube image ls --format json`. */
export function parseMinikubeImages(stdout: string): readonly string[] {
  const said = parseJson(stdout);
  return (Array.isArray(said) ? said : []).filter(isRecord).flatMap(({ repoTags }) => {
    const tags: readonly unknown[] = Array.isArray(repoTags) ? repoTags : [];
    return tags.filter((tag) => typeof tag === 'string');
  });
}

/** Whether `minikube addons list -o json` says that an addon is on. */
export function parseAddonEnabled(stdout: string, addon: string): boolean {
  const said = parseJson(stdout);
  const found = isRecord(said) ? said[addon] : undefined;
  return isRecord(found) && found['Status'] === 'enabled';
}
