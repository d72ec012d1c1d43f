import { KubeApiError, type KubeApi } from '../../tools/kube-api.ts';
import type { HorizontalPodAutoscaler } from '../../tools/kube-objects.ts';
import type { Step, StepContext, StepReport } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { cpuPercentOf, explainMissingMetrics, type MissingMetrics, noMetricsApi, readsMetrics } from './judge-metrics.ts';
import { servicePaths } from './service-objects.ts';

/**
 * Three resolutions of minikube's own metrics-server (60 s): the first measurement of a new pod takes up to two, and the autoscaler looks every 15 s.
 */
const warmUpTimeoutMs = 180_000;

const everyMs = 1_000;

/** How the wait is bounded. */
export interface WarmUpOptions {
  readonly timeoutMs?: number;
}

/**
 * The step of `up` that waits until the autoscaler reads the pods' CPU: before that it can't scale, and whoever makes load measures the wait. Without
 * metrics the service answers all the same, with as many replicas as the autoscaler's minimum. So a cluster that has none, or has none in time, is no
 * failure: the step ends with a warning that says why, as `kubectl get hpa` shows `<unknown>` and no error. Throws what KubeApi throws.
 */
export function warmUpStep(service: ClusterService, options: WarmUpOptions = {}): Step {
  return { title: 'autoscaler', run: (context) => awaitMetrics(service, context, options.timeoutMs ?? warmUpTimeoutMs) };
}

async function awaitMetrics(service: ClusterService, context: StepContext, timeoutMs: number): Promise<StepReport> {
  const { clock, identity } = service;
  const api = await service.api(context.signal);
  const path = `${servicePaths(identity).autoscalers}/${identity.name}`;
  const startMs = clock.monotonicMs();
  for (let looks = 1; ; looks += 1) {
    const autoscaler = await api.get<HorizontalPodAutoscaler>(path, context.signal);
    if (readsMetrics(autoscaler)) return { outcome: looks === 1 ? 'unchanged' : 'done', detail: `reads ${cpuPercentOf(autoscaler)} % of the CPU request` };
    const missing = await findMissing(api, autoscaler, context.signal);
    const waitedMs = clock.monotonicMs() - startMs;
    if (missing.isFinal || waitedMs >= timeoutMs) return { outcome: 'done', detail: 'reads no metrics', warnings: [describeWarning(missing, waitedMs)] };
    context.progress(missing.text);
    await clock.sleep(everyMs, context.signal);
  }
}

/** Why there are no metrics: what the cluster says now counts more than what the autoscaler saw at its last look, up to 15 s ago. */
async function findMissing(api: KubeApi, autoscaler: HorizontalPodAutoscaler, signal: AbortSignal): Promise<MissingMetrics> {
  const seen = explainMissingMetrics(autoscaler);
  const isThere = await hasMetricsApi(api, signal);
  if (isThere === false) return noMetricsApi;
  if (seen === undefined) return { cause: 'not-looked', text: 'the autoscaler has not looked yet', isFinal: false };
  return isThere === true && seen.cause === 'no-api' ? { ...seen, isFinal: false } : seen;
}

/** Whether the API is registered; undefined when that isn't known. */
async function hasMetricsApi(api: KubeApi, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    return (await api.find('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io', signal)) !== undefined;
  } catch (error) {
    if (error instanceof KubeApiError) return undefined;
    throw error;
  }
}

function describeWarning({ text, isFinal }: MissingMetrics, waitedMs: number): string {
  const since = isFinal ? '' : ` after ${Math.round(waitedMs / 1_000)} s`;
  return `the service doesn't scale: ${text}${since}`;
}
