import { readOperatorBundle } from '../../targets/kubernetes/manifest-test-run-bundle.ts';
import { managedByLabel, manager } from '../../targets/kubernetes/service-objects.ts';
import { type Clock, waitUntil } from '../../tools/clock.ts';
import { EnvironmentError, TimeoutError } from '../../tools/errors.ts';
import type { HttpClient } from '../../tools/http.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import { shellQuote } from '../../tools/shell-quote.ts';
import { ApiPaths } from './api-paths.ts';
import { fetchBundle } from './bundle.ts';
import { detectOperator, isUsable, type OperatorFindings, watchesNamespace } from './detect.ts';
import { describeOperatorPods } from './operator-pods.ts';

/** How long the operator may take to be ready: its image is pulled meanwhile. */
const readyMs = 180_000;
const pollMs = 500;

/** What is needed to have an operator on a cluster. */
export interface OperatorNeed {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Namespace whose TestRuns it must look after. */
  readonly namespace: string;
  /** File with its manifests; undefined for the pinned version from its project. */
  readonly bundle: string | undefined;
  /** Asks whether it may be installed, with what and from where in words; false refuses. */
  readonly confirmInstall: (what: string, signal: AbortSignal) => Promise<boolean>;
  readonly onNotice: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Sees to it that an operator looks after TestRuns, and returns what there is. It is installed only on a cluster that has nothing of it, or to finish an
 * installation of ours; what others installed is never changed. Throws EnvironmentError `PRICECTL_E_OPERATOR` when it can't be used, TimeoutError, and what
 * `fetchBundle` and KubeApi throw.
 */
export async function ensureOperator(need: OperatorNeed): Promise<OperatorFindings> {
  const { api, namespace, signal } = need;
  const found = await detectOperator(api, signal);
  if (isUsable(found, namespace)) return found;
  refuseForeign(found, namespace);
  refuseIdle(found, api);
  if (found.definition === undefined || (found.definition.isOurs && found.deployments?.length === 0)) await install(need);
  return awaitReady(need);
}

/** What nobody but its owner can mend. One that is only not ready yet is waited for. */
function refuseForeign({ definition, deployments }: OperatorFindings, namespace: string): void {
  if (definition === undefined) {
    const [first] = deployments ?? [];
    if (first !== undefined) throw operatorError(`there is a k6-operator (Deployment ${first.name} in namespace ${first.namespace}), but no definition of its TestRuns`);
    return;
  }
  if (!definition.isServed) throw operatorError("the cluster's k6-operator is of another age: its TestRuns have no version v1alpha1");
  if (deployments?.length === 0 && !definition.isOurs) throw operatorError('the cluster knows TestRuns, but no k6-operator runs there to work on them');
  if (deployments !== null && deployments.length > 0 && !deployments.some((deployment) => watchesNamespace(deployment, namespace))) {
    const watched = deployments.flatMap(({ watches }) => watches ?? []);
    throw operatorError(`the cluster's k6-operator looks only at namespace ${watched.join(', ')}, not at ${namespace}`, [`use --namespace ${watched[0] ?? ''}, or --engine node`]);
  }
}

/** Nobody waits for what has been switched off. */
function refuseIdle({ deployments }: OperatorFindings, { context }: KubeApi): void {
  const idle = deployments?.find(({ replicas }) => replicas === 0);
  if (idle === undefined || deployments?.length !== 1) return;
  const scale = `kubectl --context ${shellQuote(context)} --namespace ${idle.namespace} scale deployment ${idle.name} --replicas 1`;
  throw operatorError(`the cluster's k6-operator is switched off: Deployment ${idle.name} in namespace ${idle.namespace} has 0 replicas`, [scale]);
}

async function install(need: OperatorNeed): Promise<void> {
  const { api, http, bundle: file, signal, onNotice } = need;
  const bundle = await fetchBundle(file, http, signal);
  const objects = readOperatorBundle(bundle.text, bundle.source);
  const what = `k6-operator, ${bundle.what}, from ${bundle.source} (SHA-256 ${bundle.sha256})`;
  if (!(await need.confirmInstall(what, signal))) throw operatorError('k6-operator is not on the cluster, and may not be installed');
  onNotice(`installs ${what}`);
  const paths = new ApiPaths(api);
  for (const object of objects) await applyOwn(api, await paths.pathOf(object, signal), object, signal);
}

/** A namespace of somebody else is used as it is; any other object of somebody else isn't touched. */
async function applyOwn(api: KubeApi, path: string, object: KubeObject, signal: AbortSignal): Promise<void> {
  const found = await api.find<KubeObject>(path, signal);
  const isForeign = found !== undefined && found.metadata.labels?.[managedByLabel] !== manager;
  if (isForeign && object.kind === 'Namespace') return;
  if (isForeign) throw operatorError(`there is a ${object.kind} ${object.metadata.name} already that pricectl didn't make: k6-operator isn't installed over it`);
  await api.apply(path, object, { fieldManager: manager, force: true, signal });
}

async function awaitReady(need: OperatorNeed): Promise<OperatorFindings> {
  const { api, clock, namespace, signal } = need;
  try {
    return await waitUntil({
      poll: () => detectOperator(api, signal),
      isDone: (found) => isUsable(found, namespace),
      describe: () => 'k6-operator is not ready',
      everyMs: pollMs,
      timeoutMs: readyMs,
      signal,
      clock,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const why = await describeOperatorPods(need, signal);
    throw new TimeoutError('PRICECTL_E_OPERATOR', `${error.message}${why === undefined ? '' : `: ${why}`}`, { hints: operatorHints(api.context) });
  }
}

/** Commands that show more of the operator. */
export function operatorHints(context: string): readonly string[] {
  return [`kubectl --context ${shellQuote(context)} get pods --all-namespaces --selector app.kubernetes.io/name=k6-operator`];
}

function operatorError(message: string, hints: readonly string[] = ['--engine node makes load without k6-operator']): EnvironmentError {
  return new EnvironmentError('PRICECTL_E_OPERATOR', message, { hints });
}
