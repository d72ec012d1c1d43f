import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeCluster, startFakeCluster } from '../../test/fakes/cluster/fake-cluster.ts';
import { createFastClock } from '../../test/fakes/fast-clock.ts';
import { patientSession } from '../targets/kubernetes/api-session.ts';
import { createServiceRecord } from '../targets/kubernetes/service-record.ts';
import { createClusterTarget } from '../targets/kubernetes/target.ts';
import { createMinikubePlatform } from '../targets/minikube.ts';
import type { LogLine, Snapshot, Target } from '../targets/target.ts';
import { createHttpClient } from '../tools/http.ts';
import { createKubeApi } from '../tools/kube-api-client.ts';
import { takeDown, type DownResult } from './down.ts';
import { pushPrices, type PricesPushResult } from './push-prices.ts';
import { runStepsSilently } from './steps.ts';
import { bringUp, type UpResult } from './up.ts';

/** How many times as fast as the machine's the clock of these services runs. */
const haste = 50;

/** A service on a cluster in this process, with the commands that work on it. A minikube runs there and has its image. */
export interface ServiceOnCluster extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly signal: AbortSignal;
  /** With another price list than before each time that it is pushed. */
  up(): Promise<UpResult>;
  push(): Promise<PricesPushResult>;
  status(): Promise<Snapshot>;
  logs(): Promise<readonly LogLine[]>;
  down(): Promise<DownResult>;
  /** What is left of it in the cluster and on this machine, by path. */
  left(): Promise<readonly string[]>;
}

/** Does work for each of these, four at a time, and returns what came of it in their order. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const left = [...items.entries()];
  const results: R[] = [];
  const workOff = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all([workOff(), workOff(), workOff(), workOff()]);
  return results;
}

const image = 'localhost/price-api:1';

function unexpected(): never {
  throw new Error('nobody expects this');
}

function createTarget(cluster: FakeCluster, folder: string, requestLimitMs?: number): Target {
  const identity = { target: 'minikube', context: 'pricectl', namespace: 'shop', name: 'price-api' } as const;
  const clock = createFastClock(haste);
  const api = createKubeApi({ socketPath: cluster.socketPath, context: 'pricectl', clock, ...(requestLimitMs === undefined ? {} : { requestLimitMs }) });
  const kubectl = { context: 'pricectl', clientVersion: async () => '1.36.3', versions: unexpected, contexts: unexpected, serverUrl: unexpected, openApi: unexpected, portForward: unexpected, argumentsFor: unexpected };
  const session = { open: async () => api, reset: async () => {}, [Symbol.asyncDispose]: async () => api[Symbol.asyncDispose]() };
  const minikube = {
    profile: 'pricectl',
    version: async () => '1.38.1',
    status: async () => ({ state: 'running', isConfigured: true }) as const,
    images: async () => [image],
    config: unexpected,
    start: unexpected,
    updateContext: unexpected,
    isAddonEnabled: unexpected,
    enableAddon: unexpected,
    loadImage: unexpected,
    serviceUrl: unexpected,
    delete: unexpected,
  };
  const docker = { engineVersion: unexpected, inspectImage: unexpected, build: unexpected, push: unexpected };
  const profile = { isThere: async () => true, write: unexpected, remove: unexpected };
  const parts = {
    service: { identity, kubectl, api: async () => api, http: createHttpClient(), clock },
    platform: createMinikubePlatform({ minikube, kubectl, docker, session: patientSession(session, clock), profile, isRoot: false }),
    images: { nameOf: async () => image, isBuilt: async () => true, build: async () => ({ outcome: 'unchanged', detail: image }) as const },
    record: createServiceRecord(folder, identity),
    templatesFolder: new URL('../../templates', import.meta.url).pathname,
    version: '0.0.0',
  };
  return createClusterTarget(parts, async () => session[Symbol.asyncDispose]());
}

/** Starts a cluster and brings nothing up. Each command has a connection of its own, as each process has. */
export async function startServiceOnCluster({ requestLimitMs }: { readonly requestLimitMs?: number } = {}): Promise<ServiceOnCluster> {
  const cluster = await startFakeCluster();
  const folder = await mkdtemp(join(tmpdir(), 'pricectl on cluster '));
  const prices = join(folder, 'prices.txt');
  await writeFile(prices, 'P124,49.5\n');
  const { signal } = new AbortController();
  let pushed = 0;
  const on = async <T>(work: (target: Target) => Promise<T>): Promise<T> => {
    await using target = createTarget(cluster, folder, requestLimitMs);
    return await work(target);
  };
  const shared = { runSteps: runStepsSilently, signal };
  return {
    cluster,
    signal,
    up: () => on((target) => bringUp({ ...shared, target, reason: '', given: {}, defaultPrices: prices })),
    push: () =>
      on(async (target) => {
        await writeFile(prices, `P124,${(pushed += 1)}\n`);
        return pushPrices({ ...shared, target, prices });
      }),
    status: () => on((target) => target.snapshot(signal)),
    logs: () =>
      on(async (target) => {
        const lines: LogLine[] = [];
        for await (const line of target.logs({ follow: false, signal })) lines.push(line);
        return lines;
      }),
    down: () => on((target) => takeDown({ ...shared, target, cluster: false, runsToDelete: undefined })),
    async left() {
      const record = createServiceRecord(folder, { target: 'minikube', context: 'pricectl', namespace: 'shop', name: 'price-api' });
      const objects = [...cluster.store.objects.keys()].filter((path) => path.includes('/shop'));
      return (await record.read()) === undefined ? objects : [...objects, 'the record'];
    },
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
