import { waitUntil } from '../../tools/clock.ts';
import { NegativeError } from '../../tools/errors.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { ServedPrices } from '../served-prices.ts';
import type { Step, StepContext, StepReport } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { PricesDelivery } from './manifest-values.ts';
import { askPodPrices, requireAccess } from './pod-prices.ts';
import { podSelector, pushedAnnotation, servicePaths } from './service-objects.ts';

/** A kubelet that is told looks within a second; one that isn't told looks once a minute or so. */
const pushTimeoutMs = 180_000;

/**
 * The step that sees every pod serve the list that was delivered, pod by pod. A list at a URL is each pod's own business. Throws NegativeError
 * `PRICECTL_E_PRICES_REJECTED` when a pod doesn't take it, TimeoutError with the pods that are behind. Where pods may not be asked (`pods/proxy`), that
 * is a warning with `mayBeSilent`, else KubeApiError.
 */
export function podsStep(parts: ClusterParts, delivery: () => PricesDelivery, { mayBeSilent }: { readonly mayBeSilent: boolean }): Step {
  return {
    title: 'pods',
    async run(context) {
      const prices = delivery();
      if (prices.kind === 'url') return { outcome: 'skipped', detail: 'each pod follows the URL by itself' };
      return serve(parts, { sha256: prices.data.sha256, mayBeSilent }, context);
    },
  };
}

/** The list that pods are to serve. */
interface Wanted {
  readonly sha256: string;
  readonly mayBeSilent: boolean;
}

/** After this time pods that say nothing are taken for ones that may not be asked. */
const silenceMs = 10_000;

const silenceWarning = "no pod says which prices it serves (that takes the permission to get pods/proxy): a changed list is served within two minutes or so";

/** Waits until every pod serves the list, telling each that doesn't to look. Pods that come meanwhile start with it. */
async function serve(parts: ClusterParts, { sha256, mayBeSilent }: Wanted, { signal, progress }: StepContext): Promise<StepReport> {
  const { clock } = parts.service;
  const told = new Map<string, Told>();
  let looks = 0;
  const startedMs = clock.monotonicMs();
  const isServed = (pods: readonly ServingPod[]) => pods.length > 0 && pods.every((pod) => pod.prices?.sha256 === sha256);
  const areSilent = (pods: readonly ServingPod[]) => mayBeSilent && pods.every(({ prices }) => prices === undefined) && clock.monotonicMs() - startedMs >= silenceMs;
  const pods = await waitUntil({
    poll: async () => {
      const found = await lookAtPods(parts, signal);
      looks += 1;
      if (!mayBeSilent && looks === 1) await refuseSilence(parts, found, signal);
      refuseRejected(found, told, clock.monotonicMs());
      await tell(parts, found, { sha256, told }, signal);
      progress(describeServed(found, sha256));
      return found;
    },
    isDone: (served) => isServed(served) || areSilent(served),
    describe: (served) => describeServed(served ?? [], sha256),
    everyMs: 250,
    timeoutMs: pushTimeoutMs,
    signal,
    clock,
  });
  if (!isServed(pods)) return { outcome: 'skipped', detail: 'no pod says what it serves', warnings: [silenceWarning] };
  const detail = `${pods.length} of ${pods.length} pods serve ${sha256.slice(0, 6)}…`;
  return { outcome: looks === 1 ? 'unchanged' : 'done', detail };
}

/** Pods of which none says anything may be busy; when they may not be asked, waiting changes nothing. */
async function refuseSilence({ service }: ClusterParts, pods: readonly ServingPod[], signal: AbortSignal): Promise<void> {
  const [first] = pods;
  if (first === undefined || pods.some(({ prices }) => prices !== undefined)) return;
  await requireAccess(await service.api(signal), service.identity, first.pod.metadata.name, signal);
}

/** What a pod was like when it was told to look. */
interface Told {
  readonly rejection: string | null;
  readonly atMs: number;
}

/** How long a pod that rejected an earlier list may go on to say so. */
const staleRejectionMs = 10_000;

interface ServingPod {
  readonly pod: Pod;
  /** Undefined while it doesn't say. */
  readonly prices: ServedPrices | undefined;
}

/** All pods that answer clients, and what each of them serves. */
async function lookAtPods({ service }: ClusterParts, signal: AbortSignal): Promise<readonly ServingPod[]> {
  const api = await service.api(signal);
  const { pods } = servicePaths(service.identity);
  const { items } = await api.list<Pod>(pods, { labelSelector: podSelector(service.identity.name) }, signal);
  const serving = items.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running');
  return Promise.all(serving.map(async (pod) => ({ pod, prices: await askPodPrices(api, service.identity, pod.metadata.name, signal) })));
}

/** Changes an annotation of each pod that serves something else: that makes its kubelet bring the pod's volumes up to date at once. */
async function tell(
  { service }: ClusterParts,
  pods: readonly ServingPod[],
  { sha256, told }: { readonly sha256: string; readonly told: Map<string, Told> },
  signal: AbortSignal,
): Promise<void> {
  const api = await service.api(signal);
  const behind = pods.filter(({ pod, prices }) => prices?.sha256 !== sha256 && !told.has(pod.metadata.name));
  await Promise.all(
    behind.map(async ({ pod: { metadata }, prices }) => {
      told.set(metadata.name, { rejection: prices?.rejection ?? null, atMs: service.clock.monotonicMs() });
      await api.patch(`${servicePaths(service.identity).pods}/${metadata.name}`, { metadata: { annotations: { [pushedAnnotation]: sha256 } } }, signal);
    }),
  );
}

/** A list that passed here and not there stays rejected: waiting changes nothing. What a pod said before it was told is about an earlier list. */
function refuseRejected(pods: readonly ServingPod[], told: ReadonlyMap<string, Told>, nowMs: number): void {
  const rejecting = pods.find(({ pod, prices }) => {
    const before = told.get(pod.metadata.name);
    if (before === undefined || typeof prices?.rejection !== 'string') return false;
    return prices.rejection !== before.rejection || nowMs - before.atMs >= staleRejectionMs;
  });
  if (rejecting === undefined) return;
  throw new NegativeError('PRICECTL_E_PRICES_REJECTED', `${rejecting.pod.metadata.name} rejects the new prices: ${rejecting.prices?.rejection ?? ''}`);
}

function describeServed(pods: readonly ServingPod[], sha256: string): string {
  const behind = pods.filter(({ prices }) => prices?.sha256 !== sha256);
  const names = behind.length === 0 || behind.length > 3 ? '' : `, ${behind.map(({ pod }) => pod.metadata.name).join(', ')} not yet`;
  return `${pods.length - behind.length} of ${pods.length} pods serve ${sha256.slice(0, 6)}…${names}`;
}
