import { KubeApiError, type KubeApi } from '../../tools/kube-api.ts';
import type { Deployment, HorizontalPodAutoscaler, KubeEvent, KubeList, KubeObject, Pod, PodMetrics } from '../../tools/kube-objects.ts';
import { withoutSecrets } from '../../tools/secrets.ts';
import type { MetricsReading, ReplicaMetrics, ReplicaUsage } from '../replica-metrics.ts';
import { usageBetween } from '../replica-metrics.ts';
import type { ServedPrices } from '../served-prices.ts';
import type { Snapshot } from '../target.ts';
import type { ClusterService } from './cluster-service.ts';
import { isReady, makeSnapshot, type PodAnswer } from './judge-snapshot.ts';
import { askPodMetrics, askPodPrices } from './pod-prices.ts';
import { isOwn, podSelector, servicePaths } from './service-objects.ts';

/** Takes snapshots of one service; it remembers the last reading of each pod, so that the second snapshot knows rates. */
export interface SnapshotTaker {
  /**
   * One moment of the service; `absent` when it isn't there, or an object of its name isn't ours. What may not be read or doesn't answer within a
   * second is unknown. Throws what KubeApi throws for Deployment and pods, and the signal's reason on abort.
   */
  take(signal: AbortSignal): Promise<Snapshot>;
}

/** Tells where the service is reached, null when unknown or nowhere. */
export type UrlSource = (signal: AbortSignal) => Promise<string | null>;

/** Creates a snapshot taker. */
export function createSnapshotTaker(service: ClusterService, findUrl: UrlSource): SnapshotTaker {
  const meter = new PodMeter(service);
  return { take: (signal) => takeSnapshot(service, meter, findUrl, signal) };
}

async function takeSnapshot(service: ClusterService, meter: PodMeter, findUrl: UrlSource, signal: AbortSignal): Promise<Snapshot> {
  const { identity, clock } = service;
  const api = await service.api(signal);
  const paths = servicePaths(identity);
  const selection = { labelSelector: podSelector(identity.name) };
  const [found, autoscaler, { items: pods }, metrics] = await Promise.all([
    api.find<Deployment>(`${paths.deployments}/${identity.name}`, signal),
    orUnknown(api.find<HorizontalPodAutoscaler>(`${paths.autoscalers}/${identity.name}`, signal)),
    api.list<Pod>(paths.pods, selection, signal),
    orUnknown(api.list<PodMetrics>(paths.podMetrics, selection, signal)),
  ]);
  const deployment = ifOwn(found, identity.name);
  if (deployment === undefined) return makeSnapshot({ ...nothing, identity, nowMs: clock.now() });
  const [answers, events, url] = await Promise.all([meter.ask(api, pods, signal), listEvents(service, api, pods, signal), orUnknown(findUrl(signal))]);
  const podMetrics = metrics?.items ?? [];
  return withoutQuotedSecrets(makeSnapshot({ identity, url: url ?? null, deployment, autoscaler: ifOwn(autoscaler, identity.name), pods, podMetrics, events, answers, nowMs: clock.now() }));
}

/** Kubelets quote URLs of registries and proxies, and processes what they like. */
function withoutQuotedSecrets(snapshot: Snapshot): Snapshot {
  const autoscaler = { ...snapshot.autoscaler, explanation: withoutSecrets(snapshot.autoscaler.explanation) };
  return { ...snapshot, autoscaler, pods: snapshot.pods.map((pod) => ({ ...pod, problem: toldProblem(pod.problem) })), problem: toldProblem(snapshot.problem) };
}

function toldProblem(problem: string | null): string | null {
  return problem === null ? null : withoutSecrets(problem);
}

const nothing = { url: null, deployment: undefined, autoscaler: undefined, pods: [], podMetrics: [], events: [], answers: new Map<string, PodAnswer>() };

function ifOwn<T extends KubeObject>(object: T | undefined, name: string): T | undefined {
  return object !== undefined && isOwn(object, name) ? object : undefined;
}

/** Warnings about the pods, where one of them may need an explanation. */
async function listEvents({ identity }: ClusterService, api: KubeApi, pods: readonly Pod[], signal: AbortSignal): Promise<readonly KubeEvent[]> {
  if (pods.every((pod) => isReady(pod) || pod.metadata.deletionTimestamp !== undefined)) return [];
  const selection = { fieldSelector: 'involvedObject.kind=Pod,type=Warning' };
  const list: KubeList<KubeEvent> | undefined = await orUnknown(api.list<KubeEvent>(servicePaths(identity).events, selection, signal));
  return list?.items ?? [];
}

/** What the API server won't give: there is no such API, it is down, or we may not read it. */
async function orUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError) return undefined;
    throw error;
  }
}

/** The newest readings of one pod's process. */
interface Readings {
  readonly last: MetricsReading;
  readonly usage: ReplicaUsage | undefined;
}

/** Over less time rates say little. */
const shortestWindowMs = 500;

/** How old a pod's word about its prices may be: asking each second is seen in its CPU. */
const pricesAgeMs = 4_000;

/** Which prices a pod serves, and when it said so. */
interface SaidPrices {
  readonly prices: ServedPrices;
  readonly monotonicMs: number;
}

/** Asks pods for their prices and counters, and computes rates. */
class PodMeter {
  readonly #service: ClusterService;
  #readings: ReadonlyMap<string, Readings> = new Map();
  #said: ReadonlyMap<string, SaidPrices> = new Map();

  constructor(service: ClusterService) {
    this.#service = service;
  }

  /** Asks all ready pods at once. */
  async ask(api: KubeApi, pods: readonly Pod[], signal: AbortSignal): Promise<ReadonlyMap<string, PodAnswer>> {
    const asked = await Promise.all(pods.filter((pod) => isReady(pod)).map((pod) => this.#askOne(api, pod.metadata.name, signal)));
    this.#readings = new Map(asked.flatMap(({ name, readings }) => (readings === undefined ? [] : [[name, readings] as const])));
    this.#said = new Map(asked.flatMap(({ name, said }) => (said === undefined ? [] : [[name, said] as const])));
    return new Map(asked.map(({ name, said, readings }) => [name, { prices: said?.prices, requests: readings?.last.requests, usage: readings?.usage }]));
  }

  async #askOne(api: KubeApi, name: string, signal: AbortSignal) {
    const { identity, clock } = this.#service;
    const [said, metrics] = await Promise.all([this.#askPrices(api, name, signal), askPodMetrics(api, identity, name, signal)]);
    return { name, said, readings: metrics && this.#follow(name, { ...metrics, monotonicMs: clock.monotonicMs() }) };
  }

  async #askPrices(api: KubeApi, name: string, signal: AbortSignal): Promise<SaidPrices | undefined> {
    const { identity, clock } = this.#service;
    const before = this.#said.get(name);
    if (before !== undefined && clock.monotonicMs() - before.monotonicMs < pricesAgeMs) return before;
    const prices = await askPodPrices(api, identity, name, signal);
    return prices && { prices, monotonicMs: clock.monotonicMs() };
  }

  #follow(name: string, reading: MetricsReading): Readings {
    const before = this.#readings.get(name);
    if (before === undefined || hasRestarted(before.last, reading)) return { last: reading, usage: undefined };
    if (reading.monotonicMs - before.last.monotonicMs < shortestWindowMs) return before;
    return { last: reading, usage: usageBetween(before.last, reading) };
  }
}

function hasRestarted(before: ReplicaMetrics, after: ReplicaMetrics): boolean {
  return after.cpuSeconds < before.cpuSeconds || after.requests < before.requests;
}
