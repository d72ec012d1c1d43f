import type { ServiceSettings, Step, StepContext, StepReport } from '../target.ts';

/** Where a cluster is: `misconfigured` may run, and the kubeconfig doesn't lead to it; `stopped` has everything still, and answers nobody. */
export type Whereabouts = 'here' | 'misconfigured' | 'stopped' | 'gone';

/** A way to a service that had to be opened, and closes on disposal. */
export interface OpenedUrl extends AsyncDisposable {
  readonly url: string;
}

/** What differs between our minikube profile and a cluster of somebody else. */
export interface ClusterPlatform {
  /** Steps of `up` that bring the cluster and its metrics to where a service can be deployed. */
  prepareSteps(settings: ServiceSettings): readonly Step[];
  /** Steps that say what `prepareSteps` would do, and change nothing. */
  planSteps(settings: ServiceSettings): readonly Step[];
  /** Puts an image of the docker engine where the cluster's nodes find it, and sees it there. */
  deliverImage(image: string, context: StepContext): Promise<StepReport>;
  /** Whether the cluster's nodes have an image of the docker engine, or find it; false also where that isn't known. */
  hasImage(image: string, signal: AbortSignal): Promise<boolean>;
  whereabouts(signal: AbortSignal): Promise<Whereabouts>;
  /** Leads the kubeconfig to a cluster that is `misconfigured`. */
  mendAccess(signal: AbortSignal): Promise<void>;
  /** A way to a Service that only the cluster's own tool knows; undefined when there is none. */
  openUrl(namespace: string, name: string, signal: AbortSignal): Promise<OpenedUrl | undefined>;
  /** Steps of `down --cluster`. Throws UsageError for a cluster that isn't ours to delete. */
  removeSteps(): readonly Step[];
}
