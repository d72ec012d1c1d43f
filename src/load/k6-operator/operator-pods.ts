import { judgePod } from '../../targets/kubernetes/judge-pod.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import type { Clock } from '../../tools/clock.ts';
import { PricectlError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeEvent, Pod } from '../../tools/kube-objects.ts';
import { detectOperator, type OperatorDeployment } from './detect.ts';

/** What is wrong with the operator, in words: its pods are looked at; undefined when it is ready. Never throws a PricectlError. */
export async function describeOperatorPods({ api, clock }: { readonly api: KubeApi; readonly clock: Clock }, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { deployments } = await detectOperator(api, signal);
    const unready = deployments?.find(({ isReady }) => !isReady);
    if (unready === undefined) return deployments?.length === 0 ? 'it has no Deployment any more' : undefined;
    return await describeUnready(api, unready, clock.now(), signal);
  } catch (error) {
    if (!(error instanceof PricectlError)) throw error;
    return error.message;
  }
}

async function describeUnready(api: KubeApi, { name, namespace, selector }: OperatorDeployment, nowMs: number, signal: AbortSignal): Promise<string> {
  const paths = servicePaths({ namespace });
  const [pods, events] = await Promise.all([api.list<Pod>(paths.pods, { labelSelector: selector }, signal), api.list<KubeEvent>(paths.events, {}, signal)]);
  const [pod] = pods.items;
  if (pod === undefined) return `its Deployment ${name} in namespace ${namespace} has no pod`;
  const trouble = judgePod(pod, events.items, nowMs);
  return `its pod ${pod.metadata.name} in namespace ${namespace} ${trouble?.text ?? `is ${pod.status?.phase ?? 'Pending'} and not ready`}`;
}
