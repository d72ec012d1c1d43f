import { createApiSession } from '../targets/kubernetes/api-session.ts';
import { minikubeProfile } from '../targets/minikube-profile.ts';
import type { Target } from '../targets/target.ts';
import type { Kubectl } from '../tools/kubectl.ts';
import { checkCluster } from '../workflows/check-cluster.ts';
import { checkKube, checkMinikube, type LookInside } from '../workflows/check-clusters.ts';
import { checkMachine, type TargetCheck } from '../workflows/check-machine.ts';
import { resolveSettings } from '../workflows/service-settings.ts';
import { createClusterTools } from './cluster-tools.ts';
import { createLocal, defaultPricesPath, stateFolderPath } from './compose.ts';

/** What the doctor looks at beside the machine. */
export interface DoctorOptions {
  readonly target: Target;
  /** The user's cluster, if one was named. */
  readonly context: string | undefined;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Looks at every target. */
export async function checkTargets({ target, context, port, signal }: DoctorOptions): Promise<readonly TargetCheck[]> {
  const tools = createClusterTools(process.env, minikubeProfile);
  const { docker, minikube } = tools;
  const { namespace, name } = target.identity;
  await using local = await createLocal({ target: 'local', context: null, namespace, name });
  const of = (kind: 'minikube' | 'kube', kubectl: Kubectl) => ({ docker, kubectl, lookInside: lookInside(target, kind, kubectl), signal });
  return Promise.all([
    checkMachine({ target: local, stateFolder: stateFolderPath(), port, signal }),
    checkMinikube({ ...of('minikube', tools.kubectl(minikubeProfile)), minikube }),
    checkKube({ ...of('kube', tools.kubectl(context ?? '')), context }),
  ]);
}

/** Looks at a cluster for the service that is there, when it is the chosen target's, else for one with the defaults. */
function lookInside(target: Target, kind: 'minikube' | 'kube', kubectl: Kubectl): LookInside {
  return async (signal) => {
    await using session = createApiSession(kubectl);
    const { target: chosen, namespace, name } = target.identity;
    const running = chosen === kind ? await target.runningSettings(signal).catch(() => undefined) : undefined;
    const settings = resolveSettings({}, { running, defaultPrices: defaultPricesPath(), target: kind });
    const identity = { target: kind, context: kubectl.context, namespace, name };
    // Awaited here: the session closes when this returns.
    return await checkCluster({ api: (during) => session.open(during), identity, settings, signal });
  };
}
