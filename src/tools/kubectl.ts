import { type Clock, systemClock } from './clock.ts';
import { EnvironmentError, TimeoutError, ToolError } from './errors.ts';
import type { Environment } from './files.ts';
import { isRecord, parseJson } from './json.ts';
import { type KubeApi, KubeApiError } from './kube-api.ts';
import { createKubeApi } from './kube-api-client.ts';
import { ClusterDownError } from './kube-api-failures.ts';
import { knownFailure, kubectlFailure } from './kubectl-failures.ts';
import { startForward } from './kubectl-forward.ts';
import { startKubectlProxy } from './kubectl-proxy.ts';
import { withLastLines } from './process-words.ts';
import type { Processes } from './process.ts';
import { toolEnvironment } from './tool-environment.ts';

/** Versions that `kubectl version -o json` tells; the server's is null when it doesn't answer. */
export interface KubectlVersions {
  /** `1.36.3`, without the v. */
  readonly client: string;
  readonly server: string | null;
}

/** A port of this machine's loopback address that leads to one pod of a service. */
export interface PortForward extends AsyncDisposable {
  readonly url: string;
}

/** Which port of which Service is wanted here. */
export interface ForwardRequest {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** kubectl for one context; every call carries `--context`, and `--namespace` where there is one. */
export interface Kubectl {
  readonly context: string;
  /** kubectl's own version, without asking a cluster: `1.36.3`; undefined when it isn't installed. */
  clientVersion(signal: AbortSignal): Promise<string | undefined>;
  /** Throws EnvironmentError `PRICECTL_E_TOOL_MISSING` without kubectl, `PRICECTL_E_NO_CONTEXT` without such a context. */
  versions(signal: AbortSignal): Promise<KubectlVersions>;
  /** Names of all contexts of the user's kubeconfig. */
  contexts(signal: AbortSignal): Promise<readonly string[]>;
  /** URL of the context's API server, as the kubeconfig has it; undefined when there is no such context. */
  serverUrl(signal: AbortSignal): Promise<string | undefined>;
  /**
   * Starts `kubectl proxy` on a Unix socket in a folder of its own (0700) and speaks to the API through it. The proxy ends on disposal, and
   * also when this process dies; the signal counts only until it is there. Throws EnvironmentError `PRICECTL_E_CLUSTER_DOWN` or `PRICECTL_E_NO_CONTEXT`.
   */
  openApi(signal: AbortSignal): Promise<KubeApi & AsyncDisposable>;
  /**
   * Forwards a loopback port to a Service's port through one pod, and starts anew when that pod ends, on the same port, until disposal; the signal
   * counts only until it is there. Throws ToolFailedError when there is no such Service or no pod of it that runs, and as `openApi`.
   */
  portForward(options: ForwardRequest): Promise<PortForward>;
  /** Arguments of an interactive `kubectl run` or `exec` for `runInteractive`: context and namespace in front. */
  argumentsFor(namespace: string, args: readonly string[]): readonly string[];
}

/** What a Kubectl is made of. */
export interface KubectlOptions {
  readonly context: string;
  readonly processes: Processes;
  /** Our own environment; kubectl gets a part of it. */
  readonly env: Environment;
  /** A file to run instead of the kubectl on PATH. */
  readonly kubectlFile?: string;
  readonly clock?: Clock;
}

/** Limit of questions that need no cluster, or ask it for one thing. */
const questionLimitMs = 30_000;

/** How long a cluster may take to say its version before it counts as down. */
const firstAnswerMs = 10_000;

/** The user's kubectl. */
export function createKubectl(options: KubectlOptions): Kubectl {
  const { context, processes, kubectlFile: file = 'kubectl', clock = systemClock } = options;
  const env = toolEnvironment('kubectl', options.env);
  const tool: Tool = { context, processes, file, env, clock };
  const config = async (signal: AbortSignal) => {
    const { stdout } = await translated(context, () => processes.run({ file, env, args: ['config', 'view', '-o', 'json'], timeoutMs: questionLimitMs, signal }));
    const said = parseJson(stdout);
    if (isRecord(said)) return said;
    throw new ToolError('PRICECTL_E_TOOL_FAILED', 'kubectl config view says nothing that can be read', { hints: ['run it by itself, to see what it says: kubectl config view'] });
  };
  return {
    context,
    clientVersion: (signal) => readClientVersion(tool, signal),
    async versions(signal) {
      const args = ['version', '--context', context, '-o', 'json', '--request-timeout=10s'];
      return readVersions(context, await processes.run({ file, env, args, timeoutMs: questionLimitMs, signal, okExitCodes: [0, 1] }));
    },
    contexts: async (signal) => named(await config(signal), 'contexts').map(({ name }) => name),
    serverUrl: async (signal) => serverOf(await config(signal), context),
    openApi: (signal) => untilReady(signal, (lifetime) => openApi(tool, lifetime)),
    portForward: (wanted) => untilReady(wanted.signal, (lifetime) => forwardPort(tool, wanted, lifetime)),
    argumentsFor: (namespace, args) => ['--context', context, '--namespace', namespace, ...args],
  };
}

/** How kubectl is run. */
interface Tool {
  readonly context: string;
  readonly processes: Processes;
  readonly file: string;
  readonly env: Environment;
  readonly clock: Clock;
}

async function openApi({ context, processes, file, env, clock }: Tool, signal: AbortSignal): Promise<KubeApi & AsyncDisposable> {
  const proxy = await translated(context, () => startKubectlProxy({ context, processes, file, env, signal }));
  const api = createKubeApi({ socketPath: proxy.socketPath, context, clock });
  const close = async () => {
    await api[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  };
  try {
    await meet(api, signal);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...api, [Symbol.asyncDispose]: close };
}

async function forwardPort({ context, processes, file, env, clock }: Tool, wanted: ForwardRequest, signal: AbortSignal): Promise<PortForward> {
  const { namespace, service, port } = wanted;
  const place = ['--context', context, '--namespace', namespace];
  const argumentsFor = (localPort: number | undefined) => ['port-forward', ...place, '--address=127.0.0.1', `service/${service}`, `${localPort ?? ''}:${port}`];
  const forward = await translated(context, () => startForward({ processes, clock, file, env, signal, argumentsFor }));
  return { url: `http://127.0.0.1:${forward.localPort}`, [Symbol.asyncDispose]: () => forward[Symbol.asyncDispose]() };
}

/** Runs what starts something that stays: the signal ends it while it starts, and not later. Throws the signal's reason on abort. */
async function untilReady<T>(signal: AbortSignal, start: (lifetime: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const lifetime = new AbortController();
  const onAbort = () => lifetime.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await start(lifetime.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits for the first word of the cluster: the proxy starts without asking for one. */
async function meet(api: KubeApi, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(firstAnswerMs);
  try {
    const version = await api.get<unknown>('/version', AbortSignal.any([signal, limit]));
    // Where the kubeconfig lacks a context's cluster kubectl asks localhost:8080, which may be anybody, a price service too.
    if (!isRecord(version) || typeof version['gitVersion'] !== 'string') throw new ClusterDownError(api.context, 'what answers there is no Kubernetes API server', { isFinal: true });
  } catch (error) {
    signal.throwIfAborted();
    // Who may not see the version may yet see the rest.
    if (error instanceof KubeApiError && error.status === 403) return;
    if (!limit.aborted && !(error instanceof TimeoutError)) throw error;
    throw new ClusterDownError(api.context, `it doesn't answer within ${firstAnswerMs / 1000} s`, { isFinal: true, cause: error });
  }
}

async function translated<T>(context: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw kubectlFailure(error, context);
  }
}

async function readClientVersion({ context, processes, file, env }: Tool, signal: AbortSignal): Promise<string | undefined> {
  try {
    const args = ['version', '--client', '-o', 'json'];
    return readVersions(context, await processes.run({ file, env, args, timeoutMs: questionLimitMs, signal })).client;
  } catch (error) {
    if (error instanceof EnvironmentError && error.code === 'PRICECTL_E_TOOL_MISSING') return undefined;
    throw error;
  }
}

/** kubectl prints its own version also when the server doesn't answer, and ends with 1 then. */
function readVersions(context: string, { stdout, stderr }: { readonly stdout: string; readonly stderr: string }): KubectlVersions {
  const said = parseJson(stdout);
  const client = versionIn(said, 'clientVersion');
  if (client === null) {
    const hints = ['run it by itself, to see what it says: kubectl version'];
    throw knownFailure(stderr, context) ?? new ToolError('PRICECTL_E_TOOL_FAILED', withLastLines('kubectl version says no version', stderr), { hints });
  }
  return { client, server: versionIn(said, 'serverVersion') };
}

function versionIn(said: unknown, key: string): string | null {
  const version = isRecord(said) ? said[key] : undefined;
  const number = isRecord(version) ? version['gitVersion'] : undefined;
  return (typeof number === 'string' ? /^v?(\d[\w.+-]*)$/.exec(number)?.[1] : undefined) ?? null;
}

/** The entries of one of a kubeconfig's lists, which is null when it is empty. */
function named(config: unknown, list: string): readonly { readonly name: string; readonly entry: Readonly<Record<string, unknown>> }[] {
  const entries = isRecord(config) ? config[list] : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => (isRecord(entry) && typeof entry['name'] === 'string' ? [{ name: entry['name'], entry }] : []));
}

function serverOf(config: unknown, context: string): string | undefined {
  const found = named(config, 'contexts').find(({ name }) => name === context)?.entry['context'];
  if (!isRecord(found)) return undefined;
  const cluster = named(config, 'clusters').find(({ name }) => name === found['cluster'])?.entry['cluster'];
  return isRecord(cluster) && typeof cluster['server'] === 'string' ? cluster['server'] : undefined;
}
