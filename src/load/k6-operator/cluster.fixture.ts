import { crc32, gzipSync } from 'node:zlib';
import { type KubeApi, KubeApiError } from '../../tools/kube-api.ts';
import type { KubeEvent, KubeObject, Pod } from '../../tools/kube-objects.ts';
import { payloadOf } from '../merge.fixture.ts';
import type { RunnerPayload } from '../merge-payload.ts';
import type { Stage } from './look.ts';

/** How the cluster is at a moment. `%` in the names of pods stands for the TestRun's name. */
export interface Moment {
  readonly stage: Stage;
  readonly pods: readonly Pod[];
}

/** What a runner's REST API tells; null: nobody may ask; undefined: it doesn't answer. */
export type Rest = { readonly paused: boolean; readonly vus?: number; readonly requests?: number; readonly failed?: number } | null | undefined;

/** A cluster in memory whose k6-operator does what a test says. */
export interface FakeOperatorCluster {
  readonly api: KubeApi;
  readonly created: KubeObject[];
  readonly patched: (readonly [path: string, patch: object])[];
  /** Names with their collection: `testruns/x`. */
  readonly deleted: string[];
  /** How all is, by the milliseconds that have passed. */
  moment: (ms: number) => Moment;
  /** By the number of the runner, and the milliseconds that have passed. */
  rest: (runner: number, ms: number) => Rest;
  /** Logs by the pod's name, without the TestRun's: `-1`. */
  readonly logs: Map<string, readonly string[]>;
  /** Logs of the containers that send samples, as `logs`. */
  readonly samples: Map<string, readonly string[]>;
  /** Minor version of Kubernetes. */
  minor: string;
  /** What the API server makes of a TestRun that it stores. */
  store: (object: KubeObject) => KubeObject;
  /** Whether a log that is followed comes as a whole. */
  areStreamsWhole: boolean;
  definition: KubeObject | undefined;
  deployments: readonly object[];
  events: readonly KubeEvent[];
  servicePods: readonly Pod[];
  /** What stands where the first runner's Job goes. */
  standingJob: KubeObject | undefined;
  readonly now: () => number;
}

/** A definition of TestRuns as k6-operator 1.6 has it. */
export function definitionOf(properties: readonly string[] = ['parallelism', 'args', 'arguments'], labels: Readonly<Record<string, string>> = {}): KubeObject & { readonly spec: object; readonly status: object } {
  const schema = { openAPIV3Schema: { properties: { spec: { properties: Object.fromEntries(properties.map((name) => [name, {}])) } } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'testruns.k6.io', labels },
    spec: { versions: [{ name: 'v1alpha1', served: true, schema }] },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  };
}

/** The operator's Deployment, which is ready unless told otherwise. */
export function deploymentOf({ replicas = 1, ready = 1, env = [] }: { readonly replicas?: number; readonly ready?: number; readonly env?: readonly object[] } = {}) {
  return {
    metadata: { name: 'k6-operator-controller-manager', namespace: 'k6-operator-system' },
    spec: { replicas, selector: { matchLabels: { 'control-plane': 'controller-manager' } }, template: { spec: { containers: [{ name: 'manager', env }] } } },
    status: { readyReplicas: ready, conditions: [{ type: 'Available', status: ready >= replicas ? 'True' : 'False' }] },
  };
}

/** A pod of a Job of the test: `%-1`, `%-initializer`. */
export function podOf(job: string, state: object, status: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: job, uid: job, labels: { 'job-name': job, ...(/\d$/.test(job) ? { runner: 'true' } : {}) }, creationTimestamp: new Date(0).toISOString() },
    spec: { nodeName: 'node-1', containers: [{ name: 'k6' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'k6', ready: false, restartCount: 0, image: 'grafana/k6:2.2.0', state }], ...status },
  };
}

/** A pod whose k6 ended so. */
export function endedPod(job: string, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error', status: object = {}): Pod {
  return podOf(job, { terminated: { exitCode, reason } }, { phase: exitCode === 0 ? 'Succeeded' : 'Failed', ...status });
}

/** What a runner of so many requests writes at its end. */
export function payloadLines(requests: number, changes: Partial<RunnerPayload> = {}): readonly string[] {
  const text = JSON.stringify(payloadOf({ http_reqs: { type: 'counter', contains: 'default', count: requests }, http_req_failed: { type: 'rate', contains: 'default', passes: 0, fails: requests } }, changes));
  return [`##PRICECTL 1/2 ${text.slice(0, 40)}`, `##PRICECTL 2/2 ${text.slice(40)}`, `##PRICECTL-END ${text.length} ${crc32(text).toString(16)}`];
}

/** What k6 writes for so many requests: of each request two of its samples. */
export function samplesOf(requests: number): string {
  const described = { type: 'Metric', data: { name: 'http_reqs', type: 'counter', contains: 'default', thresholds: [], submetrics: [] }, metric: 'http_reqs' };
  const tags = { url: 'http://price-api:8080/price?product_id=P1' };
  const points = Array.from({ length: requests }, (_, index) =>
    [['http_reqs', 1] as const, ['http_req_duration', index / 3] as const].map(([metric, value]) => ({ metric, type: 'Point', data: { time: new Date(index).toISOString(), value, tags } })),
  );
  return [described, ...points.flat()].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What the container beside k6 writes at its end, in lines of 80 characters. */
export function sampleLines(samples: string): readonly string[] {
  return gzipSync(samples).toString('base64').match(/.{1,80}/g) ?? [];
}

/** Creates a cluster that has a ready operator, and no more. `now` is the clock. */
export function createFakeOperatorCluster(now: () => number): FakeOperatorCluster {
  const name = () => cluster.created.find(({ kind }) => kind === 'TestRun')?.metadata.name ?? '';
  const moment = (): Moment => JSON.parse(JSON.stringify(cluster.moment(now())).replaceAll('%', name()));
  const restOf = (path: string) => {
    const found = cluster.rest(runnerOf(path), now());
    return cluster.patched.some(([patched]) => patched === path.replace(/metrics$/, 'status') && found?.paused === true) ? { ...found, paused: false } : found;
  };
  const api: KubeApi = {
    context: 'fake',
    async get(path, signal) {
      signal.throwIfAborted();
      return path === '/version' ? asAnswer({ major: '1', minor: cluster.minor }) : unscripted('get', path);
    },
    apply: (path) => unscripted('apply', path),
    jsonPatch: (path) => unscripted('jsonPatch', path),
    watch: (path) => unscripted('watch', path),
    async find(path, signal) {
      signal.throwIfAborted();
      if (path.endsWith('/customresourcedefinitions/testruns.k6.io')) return asAnswer(cluster.definition);
      if (path.endsWith(`/testruns/${name()}`)) return asAnswer({ status: { stage: moment().stage } });
      if (path.endsWith(`/jobs/${name()}-1`)) return asAnswer(cluster.standingJob);
      const [, pod] = /\/pods\/([^/]+)$/.exec(path) ?? [];
      return pod === undefined ? unscripted('find', path) : asAnswer(moment().pods.find(({ metadata }) => metadata.name === pod));
    },
    async list(path, { labelSelector = '' }, signal) {
      signal.throwIfAborted();
      const items = (): readonly unknown[] => {
        if (path.endsWith('/deployments')) return cluster.deployments;
        if (path.endsWith('/events')) return JSON.parse(JSON.stringify(cluster.events).replaceAll('%', name()));
        if (labelSelector.includes('component=server')) return cluster.servicePods;
        if (path.includes('k6-operator-system')) return [];
        if (!labelSelector.startsWith(`k6_cr=${name()}`)) return unscripted('list', path);
        if (cluster.deleted.includes(`testruns/${name()}`) || !path.endsWith('/pods')) return [];
        return moment().pods.filter(({ metadata }) => !labelSelector.includes('runner=true') || metadata.labels?.['runner'] === 'true');
      };
      return asAnswer({ metadata: {}, items: items() });
    },
    async create(_path, object, signal) {
      signal.throwIfAborted();
      cluster.created.push(object);
      return cluster.store({ ...object, metadata: { ...object.metadata, uid: `uid of ${object.kind}` } });
    },
    async patch(path, patch, signal) {
      signal.throwIfAborted();
      if (path.includes(':6565/') && cluster.rest(runnerOf(path), now()) === null) throw new KubeApiError(403, 'Forbidden', 'not you');
      cluster.patched.push([path, patch]);
      return { apiVersion: 'v1', kind: 'Patched', metadata: { name: 'x' } };
    },
    async delete(path) {
      cluster.deleted.push(path.split('/').slice(-2).join('/'));
      return true;
    },
    async text(path, signal) {
      signal.throwIfAborted();
      if (path.includes('/log?')) return { status: 200, body: logOf(path).join('\n') };
      const rest = restOf(path);
      if (rest === null) return { status: 403, body: '' };
      if (rest === undefined) throw new KubeApiError(503, 'ServiceUnavailable', 'nobody listens');
      return { status: 200, body: JSON.stringify(path.endsWith('/status') ? statusOf(rest) : metricsOf(rest)) };
    },
    async *lines(path, signal) {
      signal.throwIfAborted();
      if (path.includes('container=samples')) yield* samplesLogOf(path);
      else yield* cluster.areStreamsWhole ? logOf(path) : logOf(path).slice(0, 1);
    },
  };
  const podOfLog = (path: string) => (/\/pods\/([^/]+)\/log\?/.exec(path)?.[1] ?? '').slice(name().length);
  const logOf = (path: string) => cluster.logs.get(podOfLog(path)) ?? [];
  const samplesLogOf = (path: string) => cluster.samples.get(podOfLog(path)) ?? [];
  const cluster: FakeOperatorCluster = {
    api,
    created: [],
    patched: [],
    deleted: [],
    moment: () => ({ stage: '', pods: [] }),
    rest: () => undefined,
    logs: new Map(),
    samples: new Map(),
    minor: '36',
    store: (object) => object,
    areStreamsWhole: true,
    definition: definitionOf(),
    deployments: [deploymentOf()],
    events: [],
    servicePods: [],
    standingJob: undefined,
    now,
  };
  return cluster;
}

// oxlint-disable-next-line typescript/no-explicit-any -- what comes over the wire is of no type that the compiler knows
function asAnswer(value: unknown): any {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** The runner's number in the path of its REST API. */
function runnerOf(path: string): number {
  return Number(/-(\d+):6565\/proxy/.exec(path)?.[1]);
}

function statusOf({ paused, vus = 0 }: NonNullable<Rest>) {
  return { data: { type: 'status', id: 'default', attributes: { status: paused ? 4 : 7, paused, vus, stopped: false, running: !paused } } };
}

function metricsOf({ requests = 0, failed = 0 }: NonNullable<Rest>) {
  return { data: requests === 0 ? [] : [metric('http_reqs', 'counter', { count: requests, rate: 1 }), metric('http_req_failed', 'rate', { rate: failed / requests })] };
}

function metric(id: string, type: string, sample: object) {
  return { type: 'metrics', id, attributes: { type, contains: 'default', tainted: null, sample } };
}

function unscripted(method: string, path: string): never {
  throw new Error(`nobody expected ${method} ${path}`);
}
