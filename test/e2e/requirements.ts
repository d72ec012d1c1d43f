import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why tests against a cluster can't run on this machine; undefined when they can. */
export async function whyNoCluster(): Promise<string | undefined> {
  if (!(await answers('minikube', ['version']))) return 'minikube is not on the PATH';
  if (!(await answers('kubectl', ['version', '--client']))) return 'kubectl is not on the PATH';
  if (!(await answers('docker', ['version']))) return 'no Docker engine answers';
  return undefined;
}

async function answers(file: string, args: readonly string[]): Promise<boolean> {
  return run(file, args, { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}
