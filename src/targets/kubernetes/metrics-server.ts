import type { KubeApi } from '../../tools/kube-api.ts';
import type { Deployment } from '../../tools/kube-objects.ts';
import { parseGoDuration } from './judge-samples.ts';

/** Deployment of metrics-server where minikube's addon and the upstream manifests put it. */
const path = '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server';

const flag = '--metric-resolution=';

type WithArguments = Deployment & { readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly args?: readonly string[] }[] } } } };

/** How often a metrics-server without the flag looks (https://github.com/kubernetes-sigs/metrics-server, `--metric-resolution`). */
const defaultResolutionMs = 60_000;

/** How often metrics-server looks at the CPU, in milliseconds; undefined when it isn't where its manifests put it. Throws what the API throws. */
export async function readMetricResolution(api: KubeApi, signal: AbortSignal): Promise<number | undefined> {
  const args = argumentsOf(await api.find<WithArguments>(path, signal));
  if (args === undefined) return undefined;
  const given = args.find((argument) => argument.startsWith(flag));
  return (given === undefined ? undefined : parseGoDuration(given.slice(flag.length))) ?? defaultResolutionMs;
}

function argumentsOf(deployment: WithArguments | undefined): readonly string[] | undefined {
  return deployment?.spec.template.spec.containers[0]?.args;
}

/** How often metrics-server is to look. */
export interface MetricResolution {
  /** Whole seconds; metrics-server takes 10 s and more. */
  readonly resolutionMs: number;
  /** Say what would be done, and change nothing. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

/** Makes metrics-server look at the CPU this often; `absent` when the cluster has none. Throws what the API throws. */
export async function setMetricResolution(api: KubeApi, { resolutionMs, dryRun, signal }: MetricResolution): Promise<'done' | 'unchanged' | 'absent'> {
  const args = argumentsOf(await api.find<WithArguments>(path, signal));
  if (args === undefined) return 'absent';
  const wanted = `${flag}${Math.round(resolutionMs / 1_000)}s`;
  const index = args.findIndex((argument) => argument.startsWith(flag));
  if (args[index] === wanted) return 'unchanged';
  const place = `/spec/template/spec/containers/0/args/${index === -1 ? '-' : index}`;
  if (!dryRun) await api.jsonPatch(path, [{ op: index === -1 ? 'add' : 'replace', path: place, value: wanted }], signal);
  return 'done';
}
