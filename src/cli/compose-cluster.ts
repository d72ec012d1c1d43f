import { homedir } from 'node:os';
import { join } from 'node:path';
import { findInside, type InsideService } from '../targets/kubernetes/access.ts';
import { readSight } from '../targets/kubernetes/autoscaler-sight.ts';
import { createApiSession, patientSession } from '../targets/kubernetes/api-session.ts';
import type { ClusterPlatform } from '../targets/kubernetes/cluster-platform.ts';
import { createServiceImages } from '../targets/kubernetes/service-images.ts';
import { createServiceRecord } from '../targets/kubernetes/service-record.ts';
import { createClusterTarget } from '../targets/kubernetes/target.ts';
import { createKubePlatform } from '../targets/kube.ts';
import { createProfileRecord } from '../targets/minikube-profile-record.ts';
import { createMinikubePlatform } from '../targets/minikube.ts';
import type { ServiceIdentity, Target } from '../targets/target.ts';
import { systemClock } from '../tools/clock.ts';
import type { Environment } from '../tools/files.ts';
import { createHttpClient } from '../tools/http.ts';
import { isLocalContext } from '../targets/kubernetes/judge-context.ts';
import { minikubeProfile } from '../targets/minikube-profile.ts';
import { EnvironmentError, UsageError } from '../tools/errors.ts';
import type { SightReader } from '../workflows/explain-autoscaler.ts';
import type { ClusterTools } from './cluster-tools.ts';
import { confirmContext } from './confirm.ts';
import { nearestWord } from './did-you-mean.ts';
import { imageSources, packageFile } from './package-files.ts';

/** What a target on a cluster is put together from. */
export interface ClusterComposition {
  /** Its context is never null. */
  readonly identity: ServiceIdentity & { readonly context: string };
  readonly tools: ClusterTools;
  readonly stateFolder: string;
  readonly env: Environment;
  /** Version of pricectl. */
  readonly version: string;
}

/** A target on a cluster, and the service as its cluster sees it. */
export interface ClusterTarget {
  readonly target: Target;
  inside(signal: AbortSignal): Promise<InsideService>;
  /** One look at any HPA of the cluster. */
  readonly readAutoscaler: SightReader;
}

/** The target for a service on a cluster. Nothing is started before it is needed. */
export function composeClusterTarget({ identity, tools, stateFolder, env, version }: ClusterComposition): ClusterTarget {
  const kubectl = tools.kubectl(identity.context);
  const session = createApiSession(kubectl);
  const service = { identity, kubectl, api: (signal: AbortSignal) => session.open(signal), http: createHttpClient(), clock: systemClock };
  const images = createServiceImages({ docker: tools.docker, sources: imageSources(), version });
  const platform = identity.target === 'minikube' ? minikubePlatform() : kubePlatform();
  const parts = { service, platform, version, record: createServiceRecord(stateFolder, identity), templatesFolder: packageFile('templates'), images };
  const sightTools = { now: () => systemClock.now(), nearest: nearestWord };
  return {
    target: createClusterTarget(parts, async () => session[Symbol.asyncDispose]()),
    inside: (signal) => findInside(parts, signal),
    readAutoscaler: async (name, signal) => readSight(await session.open(signal), { namespace: identity.namespace, name }, sightTools, signal),
  };

  function minikubePlatform(): ClusterPlatform {
    const home = env['MINIKUBE_HOME'] ?? join(env['HOME'] ?? homedir(), '.minikube');
    const profile = createProfileRecord(stateFolder, tools.minikube.profile, home);
    return createMinikubePlatform({ minikube: tools.minikube, docker: tools.docker, kubectl, session: patientSession(session, systemClock), profile, isRoot: process.getuid?.() === 0 });
  }

  function kubePlatform(): ClusterPlatform {
    return createKubePlatform({ kubectl, docker: tools.docker, session: patientSession(session, systemClock), loader: tools.imageLoader(identity.context) });
  }
}

/** What finding a context takes beside the flags. */
export interface ContextOptions {
  readonly tools: ClusterTools;
  readonly changes: boolean;
  readonly maySpeak: boolean;
  readonly signal: AbortSignal;
}

/**
 * The kubectl context of a target on a cluster: our profile's, or the one that the user named; never the current one. A change of a cluster that isn't
 * local is confirmed first. Throws UsageError `PRICECTL_E_NO_CONTEXT_GIVEN` and `PRICECTL_E_NOT_CONFIRMED`.
 */
export async function contextOf(
  kind: 'minikube' | 'kube',
  flags: { readonly context?: string | undefined; readonly yes?: boolean | undefined },
  { tools, changes, maySpeak, signal }: ContextOptions,
): Promise<string> {
  if (kind === 'minikube') {
    if (flags.context === undefined || flags.context === minikubeProfile) return minikubeProfile;
    throw new UsageError('PRICECTL_E_USAGE', `--target minikube is the profile ${minikubeProfile}; another context is --target kube`);
  }
  const { context } = flags;
  // kubectl takes an empty one, as of `--context "$UNSET"`, for the current context.
  if (context === undefined || context === '') throw await noContextGiven(tools, signal);
  if (changes) {
    const terminal = { input: process.stdin, output: process.stderr };
    if (await needsConfirmation(context, tools, signal)) await confirmContext({ context, isGiven: flags.yes === true, maySpeak, terminal, signal });
  }
  return context;
}

/** Where nobody knows the context there is nothing to change, and whoever uses it next says so. */
async function needsConfirmation(context: string, tools: ClusterTools, signal: AbortSignal): Promise<boolean> {
  const kubectl = tools.kubectl(context);
  const serverUrl = await kubectl.serverUrl(signal);
  if (isLocalContext({ context, serverUrl, isOurProfile: false })) return false;
  if (serverUrl !== undefined) return true;
  if (!(await kubectl.contexts(signal)).includes(context)) return false;
  // kubectl would ask localhost:8080 for it.
  throw new EnvironmentError('PRICECTL_E_KUBECONFIG', `the context ${context} leads nowhere: the kubeconfig has no cluster for it`, { hints: ['kubectl config get-contexts', 'kubectl config get-clusters'] });
}

async function noContextGiven(tools: ClusterTools, signal: AbortSignal): Promise<UsageError> {
  const contexts = await tools.kubectl('').contexts(signal);
  const hints = contexts.length === 0 ? ['the kubeconfig has no context'] : [`one of: ${contexts.join(', ')}`];
  return new UsageError('PRICECTL_E_NO_CONTEXT_GIVEN', '--target kube needs --context: the current one is never taken', { hints });
}
