import type { Docker } from '../tools/docker.ts';
import { EnvironmentError, ToolError, UsageError } from '../tools/errors.ts';
import type { Kubectl } from '../tools/kubectl.ts';
import type { Minikube, MinikubeProgress, MinikubeStatus } from '../tools/minikube.ts';
import type { ApiSession } from './kubernetes/api-session.ts';
import type { ClusterPlatform, Whereabouts } from './kubernetes/cluster-platform.ts';
import { clusterSettings } from './kubernetes/cluster-settings.ts';
import { installHints, refuseOlder } from './kubernetes/judge-versions.ts';
import { setMetricResolution } from './kubernetes/metrics-server.ts';
import { checkServer, describeServer, requireKubectl } from './kubernetes/tool-versions.ts';
import type { ProfileRecord } from './minikube-profile-record.ts';
import type { ServiceSettings, StepContext, StepReport } from './target.ts';
import { deliverToNode, isInNode } from './minikube-image.ts';

/** What the minikube platform is made of. */
export interface MinikubePlatformOptions {
  readonly minikube: Minikube;
  /** For the profile's context. */
  readonly kubectl: Pick<Kubectl, 'clientVersion'>;
  readonly docker: Docker;
  readonly session: ApiSession;
  /** Remembers that the profile was made by us. */
  readonly profile: ProfileRecord;
  /** minikube's docker driver refuses root without `--force`. */
  readonly isRoot: boolean;
}

/** Our minikube profile as a place for services. */
export function createMinikubePlatform(options: MinikubePlatformOptions): ClusterPlatform {
  const { minikube } = options;
  return {
    prepareSteps: (settings) => [
      { title: 'cluster', run: (context) => prepareCluster(options, settings, context) },
      { title: 'metrics', run: (context) => prepareMetrics(options, settings, context) },
    ],
    planSteps: (settings) => [
      { title: 'cluster', run: (context) => planCluster(options, settings, context) },
      { title: 'metrics', run: (context) => planMetrics(options, settings, context) },
    ],
    deliverImage: (image, context) => deliverToNode(options, image, context),
    hasImage: (image, signal) => isInNode(options, image, signal),
    whereabouts: (signal) => findCluster(options, signal),
    mendAccess: (signal) => mendAccess(options, signal),
    openUrl: (namespace, name, signal) => minikube.serviceUrl(namespace, name, signal),
    removeSteps: () => [{ title: 'cluster', run: (context) => deleteCluster(options, context) }],
  };
}

async function findCluster({ minikube, profile }: MinikubePlatformOptions, signal: AbortSignal): Promise<Whereabouts> {
  if ((await minikube.version(signal)) === undefined) return 'gone';
  const { state, isConfigured } = await minikube.status(signal);
  if (state === 'absent') return 'gone';
  if (state === 'stopped' || state === 'paused') return 'stopped';
  if (isConfigured) return 'here';
  // A start of ours that was interrupted leaves half a cluster; in one that others made may be anything.
  return state === 'degraded' && (await profile.isThere()) ? 'stopped' : 'misconfigured';
}

async function mendAccess({ minikube, session }: MinikubePlatformOptions, signal: AbortSignal): Promise<void> {
  await session.reset();
  await minikube.updateContext(signal);
}

/** Starts the profile unless it runs, and mends what leads to it. Throws EnvironmentError for tools that are missing or too old, before anything is changed. */
async function prepareCluster(options: MinikubePlatformOptions, settings: ServiceSettings, context: StepContext): Promise<StepReport> {
  const { minikube, session } = options;
  const { signal } = context;
  const { status, client } = await lookAround(options, signal);
  const { detail, warnings = [] } = isUsable(status) ? { detail: '' } : await mendCluster(options, settings, { status, context });
  const version = await checkServer(await session.open(signal), client, signal);
  return {
    outcome: isUsable(status) ? 'unchanged' : 'done',
    detail: `minikube profile ${minikube.profile}${detail}${describeServer(version)}`,
    warnings: [...warnings, ...version.warnings],
  };
}

function isUsable({ state, isConfigured }: MinikubeStatus): boolean {
  return state === 'running' && isConfigured;
}

async function planCluster(options: MinikubePlatformOptions, settings: ServiceSettings, context: StepContext): Promise<StepReport> {
  const { minikube, docker } = options;
  const { status } = await lookAround(options, context.signal);
  if (isUsable(status)) return prepareCluster(options, settings, context);
  const profile = `minikube profile ${minikube.profile}`;
  if (status.state === 'running') return { outcome: 'skipped', detail: `${profile}, whose kubeconfig would be mended` };
  if (clusterSettings(settings).image === null) await requireEngine(docker, context.signal);
  return { outcome: 'skipped', detail: `${profile} would be ${status.state === 'absent' ? 'created' : 'started'}` };
}

/** The profile's state, and kubectl's version. Throws EnvironmentError for tools that are missing or too old. */
async function lookAround({ minikube, kubectl }: MinikubePlatformOptions, signal: AbortSignal): Promise<{ readonly status: MinikubeStatus; readonly client: string }> {
  const [status, version, client] = await Promise.all([minikube.status(signal), minikube.version(signal), requireKubectl(kubectl, signal)]);
  if (version !== undefined) refuseOlder('minikube', version);
  return { status, client };
}

interface Mending {
  readonly status: MinikubeStatus;
  readonly context: StepContext;
}

async function mendCluster(options: MinikubePlatformOptions, settings: ServiceSettings, { status: { state }, context }: Mending): Promise<Pick<StepReport, 'detail' | 'warnings'>> {
  const { minikube, docker, profile, isRoot, session } = options;
  const { signal, progress } = context;
  if (state === 'running') {
    await mendAccess(options, signal);
    return { detail: ', kubeconfig mended' };
  }
  await session.reset();
  const { image, cpus, memory } = clusterSettings(settings);
  // Without an engine minikube may start a virtual machine, and the image can't be built afterwards.
  if (image === null) await requireEngine(docker, signal);
  if (state === 'absent') await profile.write();
  const onProgress = (step: MinikubeProgress) => progress(describeProgress(step));
  try {
    await minikube.start({ addons: ['metrics-server'], cpus, memory, force: isRoot, onProgress, signal });
  } catch (error) {
    if (!signal.aborted) await forgetUnmade(options, signal);
    throw error;
  }
  const warnings = isRoot ? ["minikube was started with --force, without which its docker driver doesn't run as root"] : [];
  return { detail: ' started', warnings };
}

/** A start that failed before there was anything leaves nothing of ours: a profile of that name that comes later is the user's. */
async function forgetUnmade({ minikube, profile }: MinikubePlatformOptions, signal: AbortSignal): Promise<void> {
  if ((await minikube.status(signal)).state === 'absent') await profile.remove();
}

async function requireEngine(docker: Docker, signal: AbortSignal): Promise<void> {
  if ((await docker.engineVersion(signal)) !== undefined) return;
  throw new EnvironmentError('PRICECTL_E_DOCKER_DOWN', 'no Docker engine answers, and the image of the service is built by one', {
    hints: ['start Docker, or install it: https://docs.docker.com/engine/install', 'or name an image that the cluster can pull: --image REF'],
  });
}

function describeProgress({ text, step, totalSteps }: MinikubeProgress): string {
  return step === null || totalSteps === null ? text : `${text} (${step} of ${totalSteps})`;
}

/** Each start of minikube applies the addon afresh, with a look at the CPU once a minute: too seldom for an autoscaler that looks every 15 s. */
async function prepareMetrics(options: MinikubePlatformOptions, settings: ServiceSettings, { signal, progress }: StepContext): Promise<StepReport> {
  const { minikube, session } = options;
  const api = await session.open(signal);
  const wanted = { resolutionMs: settings.metricResolutionMs, signal };
  const detail = `metrics-server every ${settings.metricResolutionMs / 1_000} s`;
  const first = await setMetricResolution(api, wanted);
  if (first !== 'absent') return { outcome: first, detail };
  progress('enables the addon metrics-server');
  await minikube.enableAddon('metrics-server', signal);
  if ((await setMetricResolution(api, wanted)) !== 'absent') return { outcome: 'done', detail };
  const warning = `minikube said that it enabled the addon metrics-server, and the cluster has none: minikube addons list --profile ${minikube.profile}`;
  return { outcome: 'done', detail: 'no metrics-server', warnings: [warning] };
}

async function planMetrics({ minikube, session }: MinikubePlatformOptions, settings: ServiceSettings, { signal }: StepContext): Promise<StepReport> {
  const wanted = { resolutionMs: settings.metricResolutionMs, dryRun: true, signal };
  const every = `every ${settings.metricResolutionMs / 1_000} s`;
  const found = isUsable(await minikube.status(signal)) ? await setMetricResolution(await session.open(signal), wanted) : 'absent';
  if (found === 'unchanged') return { outcome: 'unchanged', detail: `metrics-server ${every}` };
  return { outcome: 'skipped', detail: found === 'absent' ? `the addon metrics-server would be enabled, ${every}` : `metrics-server would look ${every}` };
}

/** Throws UsageError for a profile that was there before `up`, EnvironmentError for one of ours that no minikube is here to delete. */
async function deleteCluster(options: MinikubePlatformOptions, { signal, progress }: StepContext): Promise<StepReport> {
  const { minikube, profile, session } = options;
  if ((await findCluster(options, signal)) === 'gone') {
    if ((await profile.isThere()) && (await minikube.version(signal)) === undefined) {
      throw new EnvironmentError('PRICECTL_E_TOOL_MISSING', `the profile ${minikube.profile} can't be deleted: PATH leads to no minikube`, { hints: [installHints.minikube] });
    }
    await profile.remove();
    return { outcome: 'skipped', detail: 'there is none' };
  }
  if (!(await profile.isThere())) {
    throw new UsageError('PRICECTL_E_FOREIGN_CLUSTER', `the minikube profile ${minikube.profile} was not made by pricectl: it stays`, {
      hints: [`if it may go: minikube delete --profile ${minikube.profile}`],
    });
  }
  await session.reset();
  await minikube.delete((step) => progress(describeProgress(step)), signal);
  if ((await findCluster(options, signal)) !== 'gone') {
    throw new ToolError('PRICECTL_E_MINIKUBE', `minikube said that it deleted the profile ${minikube.profile}, and it is still there`, {
      hints: [`run it by itself, to see what it says: minikube delete --profile ${minikube.profile}`],
    });
  }
  await profile.remove();
  return { outcome: 'done', detail: `minikube profile ${minikube.profile} is deleted` };
}
