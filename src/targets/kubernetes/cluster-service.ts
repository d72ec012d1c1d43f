import type { Clock } from '../../tools/clock.ts';
import type { HttpClient } from '../../tools/http.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { Kubectl } from '../../tools/kubectl.ts';
import type { ServiceIdentity } from '../target.ts';

/** A service on a cluster and the tools to work on it. */
export interface ClusterService {
  /** Its context is never null. */
  readonly identity: ServiceIdentity;
  readonly kubectl: Kubectl;
  /** The cluster's API; opened at the first call and closed with the target. Throws what `Kubectl.openApi` throws. */
  api(signal: AbortSignal): Promise<KubeApi>;
  readonly http: HttpClient;
  readonly clock: Clock;
}
