import { describePriceSource, parsePriceSource } from '../../prices/source.ts';
import { NegativeError, TimeoutError } from '../../tools/errors.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import type { KubeEvent, Pod } from '../../tools/kube-objects.ts';
import type { Step, StepContext, StepReport } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { describeFailure, refineByLog } from './judge-failure.ts';
import { judgePod } from './judge-pod.ts';
import { commandFor } from './judge-remedy.ts';
import { findNewReplicaSet, judgeRollout, podsOf, type RolloutFailure, type RolloutVerdict, type RolloutView } from './judge-rollout.ts';
import { readLastLines } from './logs.ts';
import { containerName, servicePaths } from './service-objects.ts';
import { type ServiceWatch, watchService } from './service-watch.ts';

/** How long one rollout is waited for; each pod of it is one after another. The deployment's own deadline is shorter and says more. */
const rolloutTimeoutMs = 600_000;

/** Some of what is judged depends on time alone. */
const lookAgainMs = 1_000;

/** Changes come in bursts. */
const settleMs = 20;

/** What the step wants to know beside the cluster. */
export interface RolloutOptions {
  /** Where the price list comes from, as the user wrote it: named when the pods say that it is invalid. */
  readonly prices: string | undefined;
  readonly timeoutMs?: number;
}

/**
 * The step of `up` that waits until all replicas run as wanted and are ready. Throws NegativeError `PRICECTL_E_ROLLOUT_FAILED` as soon as that
 * can't be, with the pod, the reason, the last lines of its log and one command; TimeoutError with the last state seen.
 */
export function rolloutStep(service: ClusterService, options: RolloutOptions): Step {
  return { title: 'rollout', run: (context) => awaitRollout(service, context, options) };
}

/** Waits for the rollout that is under way; `unchanged` when there is none. Throws what `rolloutStep` says, and what KubeApi throws. */
async function awaitRollout(service: ClusterService, context: StepContext, options: RolloutOptions): Promise<StepReport> {
  await using watch = await watchService(service, context.signal);
  const first = judgeRollout(watch.view(), service.clock.now());
  if (first.kind === 'done') return report(first, 'unchanged');
  const replaced = await replaceFailing(service, watch.view(), context.signal);
  const view = () => withoutPods(watch.view(), replaced);
  const last = await settle(service, { watch, view }, context, options.timeoutMs ?? rolloutTimeoutMs);
  if (last.kind === 'failed') throw await rolloutFailed(service, view(), last.failure, options, context.signal);
  return report(last, 'done');
}

function report({ text, notes }: RolloutVerdict & { readonly kind: 'done' }, outcome: 'done' | 'unchanged'): StepReport {
  return { outcome, detail: text, ...(notes.length === 0 ? {} : { warnings: notes }) };
}

/** The view as if these pods were gone already. */
function withoutPods(view: RolloutView, names: ReadonlySet<string>): RolloutView {
  return { ...view, pods: view.pods.filter(({ metadata }) => !names.has(metadata.name)) };
}

/** A watch, and what to judge of it. */
interface Look {
  readonly watch: ServiceWatch;
  view(): RolloutView;
}

/** Looks at each change until the rollout is done or has failed. */
async function settle(service: ClusterService, look: Look, context: StepContext, timeoutMs: number): Promise<Exclude<RolloutVerdict, { kind: 'progressing' }>> {
  const { clock } = service;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    await look.watch.changed(Math.min(lookAgainMs, Math.max(0, deadlineMs - clock.monotonicMs())));
    await clock.sleep(settleMs, context.signal);
    const verdict = judgeRollout(look.view(), clock.now());
    if (verdict.kind !== 'progressing') return verdict;
    context.progress(verdict.text);
    if (clock.monotonicMs() >= deadlineMs) {
      throw new TimeoutError('PRICECTL_E_TIMEOUT', `the rollout isn't done after ${timeoutMs / 1_000} s: ${verdict.text}`, {
        hints: [commandFor('describe-deployment', remedyContext(service, undefined, null, undefined))],
      });
    }
  }
}

/**
 * Pods that failed before this rollout was waited for are replaced: what made them fail may be mended, and the kubelet tries again only
 * after up to five minutes. They serve nobody. Returns their names.
 */
async function replaceFailing(service: ClusterService, view: RolloutView, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const newest = view.deployment && findNewReplicaSet(view.deployment, view.replicaSets);
  if (newest === undefined) return new Set();
  const failing = podsOf(view.pods, newest).filter((pod) => isFailing(pod, view.events, service.clock.now()));
  const api = await service.api(signal);
  await Promise.all(failing.map((pod) => api.delete(`${servicePaths(service.identity).pods}/${pod.metadata.name}`, signal)));
  return new Set(failing.map((pod) => pod.metadata.name));
}

function isFailing(pod: Pod, events: readonly KubeEvent[], nowMs: number): boolean {
  return judgePod(pod, events, nowMs)?.outlook === 'final';
}

async function rolloutFailed(service: ClusterService, view: RolloutView, seen: RolloutFailure, { prices }: RolloutOptions, signal: AbortSignal): Promise<NegativeError> {
  const lines = await readFailureLog(service, seen, signal);
  const failure = refineByLog(seen, lines);
  const pod = view.pods.find(({ metadata }) => metadata.name === failure.pod);
  const source = prices === undefined ? undefined : describePriceSource(parsePriceSource(prices));
  const hints = [commandFor(failure.remedy, remedyContext(service, source, failure, pod))];
  return new NegativeError('PRICECTL_E_ROLLOUT_FAILED', describeFailure(failure, lines), { hints });
}

function remedyContext({ identity }: ClusterService, prices: string | undefined, failure: RolloutFailure | null, pod: Pod | undefined) {
  const container = pod?.spec.containers.find(({ name }) => name === containerName);
  return {
    identity,
    prices,
    pod: failure?.pod ?? null,
    memoryLimit: container?.resources?.limits?.['memory'],
    previousLog: failure?.log?.previous ?? false,
  };
}

/** The last ten lines of the container that failed; none when the cluster doesn't give them. */
async function readFailureLog(service: ClusterService, { pod, log, lastLines = [] }: RolloutFailure, signal: AbortSignal): Promise<readonly string[]> {
  if (pod === null || log === null) return [];
  try {
    const lines = await readLastLines(service, { pod, ...log, lines: 10 }, signal);
    return lines.length === 0 ? lastLines : lines;
  } catch (error) {
    if (error instanceof KubeApiError) return lastLines;
    throw error;
  }
}
