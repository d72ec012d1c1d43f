import { isRecord, parseJson } from './json.ts';

/** What a profile is, and whether the kubeconfig leads to it. */
interface ProfileStatus {
  readonly state: 'running' | 'stopped' | 'paused' | 'degraded';
  readonly isConfigured: boolean;
}

/**
 * Reads `minikube status -o json`: an object, a list of them for several nodes, null when none can be read. A profile whose node is gone counts as
 * stopped: a start makes it anew.
 */
export function parseMinikubeStatus(stdout: string): ProfileStatus {
  const said = parseJson(stdout);
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
