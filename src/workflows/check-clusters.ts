import { describeSkew, installHints, isOlder, oldest } from '../targets/kubernetes/judge-versions.ts';
import type { Docker } from '../tools/docker.ts';
import { EnvironmentError, PricectlError } from '../tools/errors.ts';
import type { Kubectl, KubectlVersions } from '../tools/kubectl.ts';
import type { MinikubeConfig } from '../tools/minikube-status.ts';
import type { Minikube } from '../tools/minikube.ts';
import { shellQuote } from '../tools/shell-quote.ts';
import { type DoctorCheck, type TargetCheck, toTargetCheck } from './check-machine.ts';

/** Checks of a cluster that answers, by its API. */
export type LookInside = (signal: AbortSignal) => Promise<readonly DoctorCheck[]>;

/** The programs that the minikube target needs. */
export interface MinikubeTools {
  readonly minikube: Minikube;
  readonly docker: Docker;
  /** For the profile's context. */
  readonly kubectl: Kubectl;
  readonly lookInside: LookInside;
  readonly signal: AbortSignal;
}

/** Checks whether our minikube profile can run here, and how it is. */
export async function checkMinikube({ minikube, docker, kubectl, lookInside, signal }: MinikubeTools): Promise<TargetCheck> {
  const [version, engine, versions] = await Promise.all([orFailure(minikube.version(signal), signal), docker.engineVersion(signal), orFailure(versionsOf(kubectl, signal), signal)]);
  const checks = [checkMinikubeVersion(version), checkEngine(engine, 'problem'), checkKubectl(versions)];
  if (typeof version === 'string') checks.push(...(await checkProfile(minikube, signal)));
  if (hasServer(versions)) checks.push(...(await orCheck('cluster', 'an API that answers', lookInside(signal), signal)));
  return toTargetCheck('minikube', checks);
}

/** The programs that a cluster of the user's needs. */
export interface KubeTools extends Omit<MinikubeTools, 'minikube'> {
  /** Undefined when the user named none. */
  readonly context: string | undefined;
}

/** Checks whether a cluster of the user's answers; without a context only which there are. */
export async function checkKube({ kubectl, context, docker, lookInside, signal }: KubeTools): Promise<TargetCheck> {
  // Without a context kubectl would ask the current one's cluster.
  const versions = await orFailure(context === undefined ? clientOf(kubectl, signal) : versionsOf(kubectl, signal), signal);
  const checks = [checkKubectl(versions), checkEngine(await docker.engineVersion(signal), 'warning')];
  if (isKnown(versions)) checks.push(...(await orCheck('context', 'a kubeconfig', checkContext(kubectl, context, versions, signal), signal)));
  if (hasServer(versions)) checks.push(...(await orCheck('cluster', 'an API that answers', lookInside(signal), signal)));
  return toTargetCheck('kube', checks);
}

/** What a tool says of its version; undefined when it isn't installed. */
type Said<T> = T | PricectlError | undefined;

function isKnown(versions: Said<KubectlVersions>): versions is KubectlVersions {
  return versions !== undefined && !(versions instanceof PricectlError);
}

function hasServer(versions: Said<KubectlVersions>): boolean {
  return isKnown(versions) && versions.server !== null;
}

/** An answer, or why there is none: one tool that is broken is no reason not to look at the others. */
async function orFailure<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | PricectlError> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PricectlError) || signal.aborted) throw error;
    return error;
  }
}

async function orCheck(name: string, needed: string, checks: Promise<readonly DoctorCheck[]>, signal: AbortSignal): Promise<readonly DoctorCheck[]> {
  const seen = await orFailure(checks, signal);
  return seen instanceof PricectlError ? [broken(name, needed, seen)] : seen;
}

function broken(name: string, needed: string, { message, hints }: PricectlError): DoctorCheck {
  return { name, found: message.split(/:?\n/, 1)[0] ?? '', needed, state: 'problem', mend: hints[0] ?? null };
}

/** Undefined when kubectl isn't installed; where no cluster can be asked, by what kubectl says of itself. */
async function versionsOf(kubectl: Kubectl, signal: AbortSignal): Promise<KubectlVersions | undefined> {
  try {
    return await kubectl.versions(signal);
  } catch (error) {
    if (!(error instanceof EnvironmentError) || signal.aborted) throw error;
    return clientOf(kubectl, signal);
  }
}

async function clientOf(kubectl: Kubectl, signal: AbortSignal): Promise<KubectlVersions | undefined> {
  const client = await kubectl.clientVersion(signal);
  return client === undefined ? undefined : { client, server: null };
}

function checkMinikubeVersion(version: Said<string>): DoctorCheck {
  const needed = `${oldest.minikube} or newer`;
  if (version instanceof PricectlError) return broken('minikube', needed, version);
  const isFine = version !== undefined && !isOlder(version, oldest.minikube);
  const mend = isFine ? null : installHints.minikube;
  return { name: 'minikube', found: version ?? null, needed, state: isFine ? 'ok' : 'problem', mend };
}

/** On a cluster of the user's an engine is needed only to build the image. */
function checkEngine(version: string | undefined, without: 'problem' | 'warning'): DoctorCheck {
  const isFine = version !== undefined;
  const mend = isFine ? null : without === 'problem' ? 'start Docker, or install it: https://docs.docker.com/engine/install' : 'start Docker, or give an image that is there: --image';
  return { name: 'docker', found: version ?? null, needed: 'an engine that answers', state: isFine ? 'ok' : without, mend };
}

function checkKubectl(versions: Said<KubectlVersions>): DoctorCheck {
  const needed = `${oldest.kubectl} or newer`;
  if (versions instanceof PricectlError) return broken('kubectl', needed, versions);
  if (versions === undefined) return { name: 'kubectl', found: null, needed, state: 'problem', mend: installHints.kubectl };
  const { client, server } = versions;
  if (isOlder(client, oldest.kubectl)) return { name: 'kubectl', found: client, needed, state: 'problem', mend: installHints.kubectl };
  const skew = server === null ? undefined : describeSkew(client, server);
  return { name: 'kubectl', found: client, needed, state: skew === undefined ? 'ok' : 'warning', mend: skew ?? null };
}

async function checkProfile(minikube: Minikube, signal: AbortSignal): Promise<readonly DoctorCheck[]> {
  const name = 'profile';
  const needed = `${minikube.profile}, made by pricectl up`;
  const look = async (): Promise<readonly DoctorCheck[]> => {
    const { state, isConfigured } = await minikube.status(signal);
    if (state === 'running' && !isConfigured) {
      return [{ name, found: `${state}, unreachable`, needed, state: 'warning', mend: `minikube update-context --profile ${minikube.profile}` }];
    }
    const isBroken = state === 'degraded';
    const profile: DoctorCheck = { name, found: state, needed, state: isBroken ? 'warning' : 'ok', mend: isBroken ? 'pricectl up --target minikube' : null };
    return state === 'absent' ? [profile] : [profile, ...describeConfig(await minikube.config(signal), minikube.profile)];
  };
  return orCheck(name, needed, look(), signal);
}

/** What a profile was made with that keeps its autoscaler from seeing the CPU. `up` makes it anew only when it is gone. */
function describeConfig(config: MinikubeConfig | undefined, profile: string): readonly DoctorCheck[] {
  if (config === undefined) return [];
  const { containerRuntime, metricsDisabled } = config;
  const mend = `minikube delete --profile ${profile}, then pricectl up --target minikube`;
  // With Docker the kubelet's numbers come from cri-dockerd, late and often 0.
  const isSlow = containerRuntime === 'docker';
  const runtime: DoctorCheck = { name: 'runtime', found: containerRuntime || 'unknown', needed: 'containerd', state: isSlow ? 'warning' : 'ok', mend: isSlow ? mend : null };
  return metricsDisabled ? [runtime, { name: 'kubelet', found: '--disable-metrics: looks at the CPU each 5 m', needed: 'without', state: 'problem', mend }] : [runtime];
}

async function checkContext(kubectl: Kubectl, context: string | undefined, versions: KubectlVersions, signal: AbortSignal): Promise<readonly DoctorCheck[]> {
  const contexts = await kubectl.contexts(signal);
  const name = 'context';
  if (context === undefined) {
    const found = contexts.length === 0 ? null : contexts.join(', ');
    return [{ name, found, needed: 'one named by --context', state: 'warning', mend: 'pricectl doctor --target kube --context NAME' }];
  }
  if (!contexts.includes(context)) {
    return [{ name, found: null, needed: context, state: 'problem', mend: `kubectl config get-contexts; there are: ${contexts.join(', ') || 'none'}` }];
  }
  const isThere: DoctorCheck = { name, found: context, needed: context, state: 'ok', mend: null };
  return [isThere, checkServer(versions.server, context)];
}

function checkServer(server: string | null, context: string): DoctorCheck {
  const needed = `${oldest.server} or newer`;
  if (server === null) return { name: 'cluster', found: null, needed, state: 'problem', mend: `kubectl --context ${shellQuote(context)} cluster-info` };
  const isOld = isOlder(server, oldest.server);
  return { name: 'cluster', found: `Kubernetes ${server}`, needed, state: isOld ? 'problem' : 'ok', mend: isOld ? installHints.server : null };
}
