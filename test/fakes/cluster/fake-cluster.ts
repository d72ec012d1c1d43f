import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { asIts, Controllers } from './controllers.ts';
import { type Question, readQuestion, refusalOf } from './question.ts';
import { type Selectors, Store, type Stored } from './store.ts';

/** What comes of a question instead of its answer. */
export type Fault =
  | 'forbidden'
  /** As the proxy says that nobody answers it. */
  | 'refused'
  /** The connection is cut: before the answer, or in the middle of it. */
  | 'reset'
  | 'cut'
  /** No answer ever, or one that comes byte by byte. */
  | 'hangs'
  | 'drips'
  /** The server's own refusal. */
  | { readonly status: number; readonly reason: string; readonly message?: string; readonly retryAfterS?: number };

/** A cluster in this process, behind the Unix socket of a `kubectl proxy`. */
export interface FakeCluster extends AsyncDisposable {
  readonly socketPath: string;
  readonly store: Store;
  /** All that was asked so far. */
  readonly asked: Question[];
  /** Questions that it has no answer for: there should be none. */
  readonly strays: string[];
  /** Decides what comes of a question, by its number from 0; undefined is an answer. */
  fault: (question: Question, number: number) => Fault | undefined;
  /** Serves another Unix socket, or a TCP port of loopback, of the same cluster. */
  listen(place: string | number): Promise<AsyncDisposable>;
}

const kinds: Readonly<Record<string, string>> = { configmaps: 'ConfigMap', deployments: 'Deployment', events: 'Event', horizontalpodautoscalers: 'HorizontalPodAutoscaler', nodes: 'Node', pods: 'Pod', replicasets: 'ReplicaSet', services: 'Service' };
const discovery: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': ['configmaps', 'pods', 'secrets', 'serviceaccounts', 'services'],
  '/apis/apps/v1': ['deployments', 'replicasets'],
  '/apis/autoscaling/v2': ['horizontalpodautoscalers'],
  '/apis/batch/v1': ['jobs'],
  '/apis/networking.k8s.io/v1': ['networkpolicies'],
  '/apis/policy/v1': ['poddisruptionbudgets'],
};
/** Who sees a rollout through watches so many collections. */
const rolloutWatches = 5;

const metricsServer = '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server';

/** Starts a cluster with one node, a metrics-server that looks each minute, and nothing else. */
export async function startFakeCluster(images: readonly string[] = []): Promise<FakeCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-cluster-'));
  const store = new Store();
  const controllers = new Controllers(store);
  const allocatable = { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  store.put('/api/v1/nodes/node', asIts<Stored>({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' }, spec: {}, status: { allocatable, images: [{ names: images }], addresses: [], conditions: [{ type: 'Ready', status: 'True' }] } }));
  const container = { name: 'metrics-server', args: ['--metric-resolution=60s'] };
  store.put(metricsServer, asIts<Stored>({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'metrics-server', namespace: 'kube-system' }, spec: { template: { spec: { containers: [container] } } } }));
  const cluster: FakeCluster = {
    socketPath: join(folder, 'api'),
    store,
    asked: [],
    strays: [],
    fault: () => undefined,
    async listen(place) {
      const server = createServer((request, response) => void handle(cluster, controllers, request, response));
      await new Promise<void>((resolve) => (typeof place === 'string' ? server.listen(place, resolve) : server.listen(place, '127.0.0.1', resolve)));
      return {
        async [Symbol.asyncDispose]() {
          const closed = new Promise((resolve) => server.close(resolve));
          server.closeAllConnections();
          await closed;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const own = await cluster.listen(cluster.socketPath);
  return cluster;
}

async function handle(cluster: FakeCluster, controllers: Controllers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const body = await text(request);
  const question = readQuestion(request.method ?? '', url);
  const isCreating = question.verb === 'patch' && question.sub === undefined && url.searchParams.has('fieldManager') && cluster.store.find(question.path) === undefined;
  // The server asks for the right to create what an apply creates, too (k8s.io/apiserver: endpoints/handlers/patch.go).
  const questions = isCreating ? [question, { ...question, verb: 'create' as const }] : [question];
  for (const one of questions) {
    const fault = cluster.fault(one, cluster.asked.push(one) - 1);
    if (fault !== undefined) return play(fault, one, response);
  }
  const answer = await answerTo(cluster, controllers, question, url, body, response);
  if (answer === undefined) return;
  const { status = 200, json } = answer;
  response.writeHead(status, { 'content-type': 'application/json', 'audit-id': 'fake' }).end(typeof json === 'string' ? json : JSON.stringify(json));
}

function play(fault: Fault, question: Question, response: ServerResponse): void {
  if (fault === 'hangs') return;
  if (fault === 'reset') return void response.destroy();
  if (fault === 'refused') return void response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('dial tcp 192.0.2.1:8443: connect: connection refused\n');
  if (fault === 'cut') return void response.writeHead(200, { 'content-length': '100', 'audit-id': 'fake' }).write('{"a":', () => response.destroy());
  if (fault === 'drips') {
    response.writeHead(200, { 'content-length': '100000', 'audit-id': 'fake' });
    const timer = setInterval(() => response.write(' '), 5);
    return void response.once('close', () => clearInterval(timer));
  }
  const { status, reason, message = reason, retryAfterS } = fault === 'forbidden' ? { status: 403, reason: 'Forbidden', message: refusalOf(question), retryAfterS: undefined } : fault;
  const headers = { 'content-type': 'application/json', 'audit-id': 'fake', ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }) };
  response.writeHead(status, headers).end(JSON.stringify(statusOf(status, reason, message)));
}

function statusOf(code: number, reason: string, message: string) {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}

interface Answer {
  readonly status?: number;
  readonly json: unknown;
}

const notFound: Answer = { status: 404, json: statusOf(404, 'NotFound', 'not found') };

async function answerTo(cluster: FakeCluster, controllers: Controllers, question: Question, { searchParams, pathname }: URL, body: string, response: ServerResponse): Promise<Answer | undefined> {
  const { store } = cluster;
  const { verb, path } = question;
  const written = (object: Stored): Answer => {
    controllers.onWrite(path, object);
    return { json: store.find(path) };
  };
  if (verb === 'watch') {
    watch(cluster, path, searchParams, response);
    if (store.watcherCount >= rolloutWatches) controllers.onWatch();
    return undefined;
  }
  if (verb === 'list') return list(store, path, searchParams);
  if (question.sub !== undefined) return subresource(cluster, controllers, question, pathname, body);
  const found = store.find(path);
  if (verb === 'get') return found === undefined ? plainPath(cluster, question) : { json: found };
  if (verb === 'delete') {
    if (found === undefined) return notFound;
    store.remove(path);
    controllers.onRemove(path, found);
    return { json: statusOf(200, '', 'deleted') };
  }
  const change: unknown = JSON.parse(body);
  if (Array.isArray(change)) return found === undefined ? notFound : written(store.put(path, jsonPatch(found, change)));
  if (searchParams.get('dryRun') !== null) return { json: { ...found, ...asIts<Stored>(change) } };
  if (searchParams.has('fieldManager')) return written(store.put(path, applied(found, asIts<Stored>(change))));
  return found === undefined ? notFound : written(store.put(path, asIts<Stored>(merge(found, asIts<object>(change)))));
}

/** An apply leaves what others have written: status, replicas, other annotations. */
function applied(found: Stored | undefined, wanted: Stored): Stored {
  if (found === undefined) return wanted;
  const { replicas } = asIts<{ readonly replicas?: number }>(found.spec ?? {});
  const annotations = { ...found.metadata.annotations, ...wanted.metadata.annotations };
  const metadata = { ...found.metadata, ...wanted.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
  const spec = wanted.spec === undefined ? {} : { spec: replicas === undefined ? wanted.spec : { ...wanted.spec, replicas } };
  return { ...wanted, metadata, ...spec, ...(found.status === undefined ? {} : { status: found.status }) };
}

/** RFC 7386. */
function merge(target: object, patch: object): object {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(asIts<Readonly<Record<string, unknown>>>(patch))) {
    const before = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = typeof value === 'object' && !Array.isArray(value) ? merge(asIts<object | undefined>(before) ?? {}, value) : value;
  }
  return merged;
}

/** As much of RFC 6902 as we use: a value of the arguments of metrics-server. */
function jsonPatch(found: Stored, [operation]: readonly { readonly op: string; readonly path: string; readonly value: unknown }[]): Stored {
  const copy = structuredClone(found);
  const keys = operation?.path.split('/').slice(1) ?? [];
  const parent = keys.slice(0, -1).reduce<object>((at, key) => asIts<object>(Reflect.get(at, key)), copy);
  Reflect.set(parent, keys.at(-1) ?? '', operation?.value);
  return copy;
}

function selectorsOf(query: URLSearchParams): Selectors {
  const terms = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  return { labels: Object.fromEntries(terms.map((term) => asIts<[string, string]>(term.split('=')))), name: /(?:^|,)metadata\.name=([^,]*)/.exec(query.get('fieldSelector') ?? '')?.[1] };
}

function list(store: Store, path: string, query: URLSearchParams): Answer {
  const collection = path.slice(path.lastIndexOf('/') + 1);
  if (path.startsWith('/apis/metrics.k8s.io/')) {
    const pods = store.list(path.replace('/apis/metrics.k8s.io/v1beta1', '/api/v1'), selectorsOf(query));
    const containers = [{ name: 'api', usage: { cpu: '5m', memory: '64Mi' } }];
    return { json: { metadata: {}, items: pods.map(({ metadata }) => ({ metadata, timestamp: new Date().toISOString(), window: '15s', containers })) } };
  }
  // An API that is there with its objects.
  if (path.startsWith('/apis/k6.io/') && store.list(path, { labels: {}, name: undefined }).length === 0) return notFound;
  return { json: { kind: `${kinds[collection] ?? 'Object'}List`, apiVersion: 'v1', metadata: { resourceVersion: store.version }, items: store.list(path, selectorsOf(query)) } };
}

function watch({ store }: FakeCluster, path: string, query: URLSearchParams, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'audit-id': 'fake' });
  response.flushHeaders();
  const tell = (event: object) => void response.write(`${JSON.stringify(event)}\n`);
  response.once('close', store.watch({ collection: path, selectors: selectorsOf(query), tell }, query.get('resourceVersion') ?? '0'));
}

function subresource(cluster: FakeCluster, controllers: Controllers, question: Question, pathname: string, body: string): Answer {
  const found = cluster.store.find(question.path);
  const { name = '', sub, path } = question;
  if (found === undefined) return notFound;
  if (sub === 'scale') {
    const stored = cluster.store.put(path, asIts<Stored>(merge(found, asIts<object>(JSON.parse(body)))));
    controllers.onWrite(path, stored);
    return { json: stored };
  }
  if (sub === 'log') return { json: '2026-11-26T00:00:00.000000000Z 2026-11-26T00:00:00.000Z ready\n' };
  if (pathname.endsWith('/proxy/metrics')) return { json: 'process_cpu_seconds_total 1\nprocess_resident_memory_bytes 64000000\n' };
  if (pathname.endsWith('/proxy/version')) return { json: { version: '0', prices: JSON.parse(controllers.served.get(name) ?? '{}') as unknown, rejection: null } };
  return stray(cluster, question);
}

function plainPath(cluster: FakeCluster, question: Question): Answer {
  const { path } = question;
  if (path === '/version') return { json: { gitVersion: 'v1.36.2', major: '1', minor: '36' } };
  if (path === '/apis') return { json: { groups: Object.keys(discovery).filter((version) => version.startsWith('/apis/')).map((version) => ({ versions: [{ groupVersion: version.slice('/apis/'.length) }] })) } };
  const resources = discovery[path];
  if (resources !== undefined) return { json: { resources: resources.map((name) => ({ name, namespaced: true, verbs: ['list', 'create'] })) } };
  return question.name === undefined ? stray(cluster, question) : notFound;
}

function stray(cluster: FakeCluster, { verb, right, path }: Question): Answer {
  cluster.strays.push(`${verb} ${right} (${path})`);
  return { status: 501, json: statusOf(501, 'Unscripted', `unscripted: ${verb} ${path}`) };
}

