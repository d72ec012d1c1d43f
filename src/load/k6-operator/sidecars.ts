import { EnvironmentError } from '../../tools/errors.ts';
import { isRecord } from '../../tools/json.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';

/** The first minor version of Kubernetes 1 whose pods have sidecars without being asked for it. */
const oldestMinor = 29;

/** Throws EnvironmentError `PRICECTL_E_OPERATOR` for a cluster whose pods have no sidecars: there such a container would keep k6 from starting. */
export async function requireSidecars(api: KubeApi, signal: AbortSignal): Promise<void> {
  // `{"major": "1", "minor": "36"}`; some clouds have `29+`.
  const { major, minor } = await api.get<{ readonly major: string; readonly minor: string }>('/version', signal);
  if (major === '1' && Number.parseInt(minor, 10) < oldestMinor) throw sidecarError(`Kubernetes 1.${oldestMinor}, and this is ${major}.${minor}`);
}

/** As `requireSidecars` for a TestRun as it was stored: the API server drops what the operator's definition of it doesn't know. */
export function requireStoredSidecar(testRun: KubeObject & { readonly spec?: unknown }): void {
  const runner = isRecord(testRun.spec) ? testRun.spec['runner'] : undefined;
  const containers = isRecord(runner) ? runner['initContainers'] : undefined;
  const [first]: unknown[] = Array.isArray(containers) ? containers : [];
  if (!isRecord(first) || first['restartPolicy'] !== 'Always') throw sidecarError("a k6-operator that knows sidecars, and this cluster's is older");
}

function sidecarError(what: string): EnvironmentError {
  return new EnvironmentError('PRICECTL_E_OPERATOR', `--raw needs ${what}`, { hints: ['do without --raw, or use --engine k6'] });
}
