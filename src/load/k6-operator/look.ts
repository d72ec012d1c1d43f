import { judgePod } from '../../targets/kubernetes/judge-pod.ts';
import { k6Container, testRunLabel, testRunsPath } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import type { Clock } from '../../tools/clock.ts';
import { PricectlError, ToolError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeEvent, KubeObject, Pod } from '../../tools/kube-objects.ts';
import { shellQuote } from '../../tools/shell-quote.ts';

/** A test on the cluster that goes through its phases. */
export interface TestRunContext {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly namespace: string;
  /** Of the TestRun. */
  readonly name: string;
  /** Of the TestRun object. */
  readonly uid: string | undefined;
  readonly parallelism: number;
  readonly onNotice: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A TestRun's own stages; empty before the operator has seen it. */
export type Stage = '' | 'initialization' | 'initialized' | 'created' | 'started' | 'stopped' | 'finished' | 'error';

/** One look at a test. */
export interface TestRunLook {
  readonly stage: Stage;
  /** All of it: initializer, runners, starter. */
  readonly pods: readonly Pod[];
}

interface TestRunObject extends KubeObject {
  readonly status?: { readonly stage?: Stage };
}

/** Looks at the TestRun and its pods. Throws ToolError when somebody has deleted the TestRun, and what KubeApi throws. */
export async function lookAtTestRun({ api, namespace, name, signal }: TestRunContext): Promise<TestRunLook> {
  const [found, pods] = await Promise.all([
    api.find<TestRunObject>(`${testRunsPath(namespace)}/${name}`, signal),
    api.list<Pod>(servicePaths({ namespace }).pods, { labelSelector: `${testRunLabel}=${name}` }, signal),
  ]);
  if (found === undefined) throw new ToolError('PRICECTL_E_K6_OPERATOR', `somebody deleted the TestRun ${name}`);
  return { stage: found.status?.stage ?? '', pods: pods.items };
}

/** Throws ToolError `PRICECTL_E_LOAD_POD` when a pod of the test can't start, or the cluster refuses to make one. Pods that have ended aren't judged. */
export async function throwForTrouble({ api, clock, namespace, name, signal }: TestRunContext, pods: readonly Pod[]): Promise<void> {
  const { items: events } = await api.list<KubeEvent>(servicePaths({ namespace }).events, {}, signal);
  const refusal = events.find(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.kind === 'Job' && involvedObject.name?.startsWith(`${name}-`) === true);
  if (refusal !== undefined) throw podError(api, namespace, `the cluster refuses a pod of ${refusal.involvedObject.name ?? name}: ${refusal.message ?? 'no reason given'}`);
  for (const pod of pods) {
    if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') continue;
    const trouble = judgePod(pod, events, clock.now());
    if (trouble === undefined || trouble.outlook === 'passing') continue;
    const hints = trouble.reason === 'Unschedulable' ? ['all runners have to run at once: use a smaller --parallelism, or make room'] : [];
    throw podError(api, namespace, `${pod.metadata.name} ${trouble.text}`, [...hints, `kubectl --context ${shellQuote(api.context)} --namespace ${namespace} describe pod ${pod.metadata.name}`]);
  }
}

/** The log of a pod's k6 so far; empty when it has none. Never throws a PricectlError. */
export async function readLog({ api, namespace, signal }: Pick<TestRunContext, 'api' | 'namespace' | 'signal'>, pod: string): Promise<string> {
  try {
    const { status, body } = await api.text(`${servicePaths({ namespace }).pods}/${pod}/log?container=${k6Container}`, signal);
    return status === 200 ? body : '';
  } catch (error) {
    if (error instanceof PricectlError) return '';
    throw error;
  }
}

function podError({ context }: KubeApi, namespace: string, message: string, hints: readonly string[] = [`kubectl --context ${shellQuote(context)} --namespace ${namespace} get events`]): ToolError {
  return new ToolError('PRICECTL_E_LOAD_POD', message, { hints });
}
