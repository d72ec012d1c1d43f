import { EnvironmentError, ToolError } from './errors.ts';
import type { Environment } from './files.ts';
import { isRecord, parseJson } from './json.ts';
import { type MinikubeEvent, minikubeFailure, parseMinikubeEvent, stepOf } from './minikube-output.ts';
import { type MinikubeConfig, parseAddonEnabled, parseMinikubeConfig, parseMinikubeImages, parseMinikubeStatus } from './minikube-status.ts';
import { awaitLine } from './process-ready.ts';
import { type Processes, ToolFailedError } from './process.ts';
import { toolEnvironment } from './tool-environment.ts';

/** What `minikube status` says of a profile. */
export type MinikubeState = 'absent' | 'running' | 'stopped' | 'paused' | 'degraded';

/** A profile's state, and whether the kubeconfig leads to it. */
export interface MinikubeStatus {
  readonly state: MinikubeState;
  /** False when the API server's port has changed since (`minikube update-context` mends it). */
  readonly isConfigured: boolean;
}

/** A step of `minikube start`, from its CloudEvents. */
export interface MinikubeProgress {
  /** Its own words: `Preparing Kubernetes v1.36.2 on containerd ...`. */
  readonly text: string;
  readonly step: number | null;
  readonly totalSteps: number | null;
}

/** What a profile is started with. */
export interface MinikubeStart {
  readonly addons: readonly string[];
  /** Cores and memory of the node; null is minikube's own choice. Without effect on a profile that exists. */
  readonly cpus: number | null;
  readonly memory: string | null;
  /** `--force`: minikube's docker driver wants it of root. */
  readonly force: boolean;
  readonly onProgress: (progress: MinikubeProgress) => void;
  readonly signal: AbortSignal;
}

/** A way to a service, kept open until disposal where minikube has to (macOS, WSL). */
export interface MinikubeServiceUrl extends AsyncDisposable {
  readonly url: string;
}

/**
 * minikube for one profile, `-p` on each call. Methods throw EnvironmentError `PRICECTL_E_TOOL_MISSING` without minikube,
 * ToolError `PRICECTL_E_MINIKUBE` with minikube's own advice as hints (EnvironmentError for its codes of missing drivers and resources).
 */
export interface Minikube {
  readonly profile: string;
  /** `1.38.1`; undefined when minikube isn't installed. */
  version(signal: AbortSignal): Promise<string | undefined>;
  status(signal: AbortSignal): Promise<MinikubeStatus>;
  /** What the profile was made with; undefined when there is none. */
  config(signal: AbortSignal): Promise<MinikubeConfig | undefined>;
  /** containerd, `--keep-context`, never interactive. */
  start(options: MinikubeStart): Promise<void>;
  updateContext(signal: AbortSignal): Promise<void>;
  isAddonEnabled(addon: string, signal: AbortSignal): Promise<boolean>;
  enableAddon(addon: string, signal: AbortSignal): Promise<void>;
  /** Copies an image of the docker engine into the node. Success means nothing: look with `images`. */
  loadImage(image: string, signal: AbortSignal): Promise<void>;
  /** Tags of all images in the node, with their registry: `docker.io/library/x:tag`. */
  images(signal: AbortSignal): Promise<readonly string[]>;
  /** URL of the first port of a NodePort or LoadBalancer Service. */
  serviceUrl(namespace: string, service: string, signal: AbortSignal): Promise<MinikubeServiceUrl>;
  delete(onProgress: (progress: MinikubeProgress) => void, signal: AbortSignal): Promise<void>;
}

/** What a Minikube is made of. */
export interface MinikubeOptions {
  readonly profile: string;
  readonly processes: Processes;
  /** Our own environment; minikube gets a part of it. */
  readonly env: Environment;
}

/** Limits: of questions, of what copies or applies something, and of a start that downloads. */
const questionLimitMs = 60_000;
const workLimitMs = 300_000;
const startLimitMs = 1_200_000;

/** minikube's exit code for a profile that isn't there. */
const unknownProfile = 85;

/** `minikube status` ends with bits of what isn't well, from 1 to 7. */
const statusCodes = [0, 1, 2, 3, 4, 5, 6, 7, unknownProfile];

/** The user's minikube, for one profile. */
export function createMinikube({ profile, processes, env }: MinikubeOptions): Minikube {
  const tool: Tool = { profile, processes, env: { ...toolEnvironment('minikube', env), MINIKUBE_IN_STYLE: 'false' } };
  const run = (args: readonly string[], timeoutMs: number, signal: AbortSignal) => runMinikube(tool, { args, timeoutMs, signal });
  return {
    profile,
    version: (signal) => readVersion(tool, signal),
    async status(signal) {
      const { exitCode, stdout } = await runMinikube(tool, { args: ['status', '-o', 'json'], timeoutMs: questionLimitMs, signal, okExitCodes: statusCodes });
      return exitCode === unknownProfile ? { state: 'absent', isConfigured: false } : parseMinikubeStatus(stdout, exitCode);
    },
    config: async (signal) => parseMinikubeConfig((await run(['profile', 'list', '-o', 'json', '-l'], questionLimitMs, signal)).stdout, profile),
    start: (options) => followMinikube(tool, { args: startArguments(options), timeoutMs: startLimitMs, signal: options.signal }, options.onProgress),
    updateContext: async (signal) => void (await run(['update-context'], questionLimitMs, signal)),
    isAddonEnabled: async (addon, signal) => parseAddonEnabled((await run(['addons', 'list', '-o', 'json'], questionLimitMs, signal)).stdout, addon),
    enableAddon: async (addon, signal) => void (await run(['addons', 'enable', addon], workLimitMs, signal)),
    loadImage: async (image, signal) => void (await run(['image', 'load', '--daemon', image], workLimitMs, signal)),
    images: async (signal) => parseMinikubeImages((await run(['image', 'ls', '--format', 'json'], questionLimitMs, signal)).stdout),
    serviceUrl: (namespace, service, signal) => openServiceUrl(tool, namespace, service, signal),
    delete: (onProgress, signal) => followMinikube(tool, { args: ['delete', '-o', 'json'], timeoutMs: workLimitMs, signal }, onProgress),
  };
}

interface Tool {
  readonly profile: string;
  readonly processes: Processes;
  readonly env: Environment;
}

interface Command {
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly okExitCodes?: readonly number[];
}

function specOf({ profile, env }: Tool, command: Command) {
  return { file: 'minikube', env, ...command, args: [...command.args, '-p', profile] };
}

async function runMinikube(tool: Tool, command: Command) {
  try {
    return await tool.processes.run(specOf(tool, command));
  } catch (error) {
    throw translated(error, command.args, []);
  }
}

async function followMinikube(tool: Tool, command: Command, onProgress: (progress: MinikubeProgress) => void): Promise<void> {
  const events: MinikubeEvent[] = [];
  try {
    await tool.processes.follow(specOf(tool, command), (line, stream) => {
      const event = stream === 'stdout' ? parseMinikubeEvent(line) : undefined;
      if (event === undefined) return;
      events.push(event);
      const step = stepOf(event);
      if (step !== undefined) onProgress(step);
    });
  } catch (error) {
    throw translated(error, command.args, events);
  }
}

function translated(error: unknown, args: readonly string[], events: readonly MinikubeEvent[]): unknown {
  if (!(error instanceof ToolFailedError) || error.exitCode === undefined) return error;
  const verbs = args.slice(0, ['image', 'addons', 'profile'].includes(args[0] ?? '') ? 2 : 1);
  return minikubeFailure({ words: ['minikube', ...verbs].join(' '), exitCode: error.exitCode, stderr: error.stderr, events, cause: error });
}

function startArguments({ addons, cpus, memory, force }: MinikubeStart): readonly string[] {
  return [
    'start',
    '-o',
    'json',
    '--interactive=false',
    '--keep-context',
    '--container-runtime=containerd',
    ...addons.map((addon) => `--addons=${addon}`),
    ...(cpus === null ? [] : [`--cpus=${cpus}`]),
    ...(memory === null ? [] : [`--memory=${memory}`]),
    ...(force ? ['--force'] : []),
  ];
}

async function readVersion({ processes, env }: Tool, signal: AbortSignal): Promise<string | undefined> {
  try {
    const said = parseJson((await processes.run({ file: 'minikube', env, args: ['version', '-o', 'json'], timeoutMs: questionLimitMs, signal })).stdout);
    const version = isRecord(said) ? said['minikubeVersion'] : undefined;
    const number = typeof version === 'string' ? /^v?(\d[\w.+-]*)$/.exec(version)?.[1] : undefined;
    if (number !== undefined) return number;
    throw new ToolError('PRICECTL_E_MINIKUBE', 'minikube version says no version', { hints: ['run it by itself, to see what it says: minikube version'] });
  } catch (error) {
    if (error instanceof EnvironmentError && error.code === 'PRICECTL_E_TOOL_MISSING') return undefined;
    throw error;
  }
}

/** On Linux minikube prints the URL and ends; elsewhere it prints it and keeps a tunnel open, so it is kept until disposal. */
async function openServiceUrl(tool: Tool, namespace: string, service: string, signal: AbortSignal): Promise<MinikubeServiceUrl> {
  const { timeoutMs, ...spec } = specOf(tool, { args: ['service', service, '--url', '-n', namespace], timeoutMs: questionLimitMs, signal });
  try {
    const background = await tool.processes.start(spec);
    const url = await awaitLine(background, { pick: (line) => /^https?:\/\/\S+/.exec(line)?.[0], what: 'minikube service prints no URL', timeoutMs });
    return { url, [Symbol.asyncDispose]: () => background[Symbol.asyncDispose]() };
  } catch (error) {
    signal.throwIfAborted();
    throw translated(error, spec.args, []);
  }
}
