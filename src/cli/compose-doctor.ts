import type { Target } from '../targets/target.ts';
import { minikubeProfile } from '../targets/minikube-profile.ts';
import { checkKube, checkMinikube } from '../workflows/check-clusters.ts';
import { checkMachine, type TargetCheck } from '../workflows/check-machine.ts';
import { createClusterTools } from './cluster-tools.ts';
import { createLocal, stateFolderPath } from './compose.ts';

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
  const { namespace, name } = target.identity;
  await using local = await createLocal({ target: 'local', context: null, namespace, name });
  return Promise.all([
    checkMachine({ target: local, stateFolder: stateFolderPath(), port, signal }),
    checkMinikube({ minikube: tools.minikube, docker: tools.docker, kubectl: tools.kubectl(minikubeProfile), signal }),
    checkKube(tools.kubectl(context ?? ''), context, tools.docker, signal),
  ]);
}
