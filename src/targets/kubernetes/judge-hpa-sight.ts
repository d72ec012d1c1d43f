import type { HorizontalPodAutoscaler, KubeEvent, KubeObject, Pod, PodMetrics } from '../../tools/kube-objects.ts';

/** autoscaling/v1 Scale: what the `/scale` of anything that can be scaled tells. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  /** `selector` is a label selector as a query has it. */
  readonly status?: { readonly replicas: number; readonly selector?: string };
}

/** All that could be read of an autoscaler at one moment. Undefined is what couldn't. */
export interface AutoscalerSight {
  readonly context: string;
  readonly autoscaler: HorizontalPodAutoscaler;
  /** Null when its target isn't there. */
  readonly scale: Scale | null | undefined;
  readonly pods: readonly Pod[] | undefined;
  readonly podMetrics: readonly PodMetrics[] | undefined;
  readonly events: readonly KubeEvent[] | undefined;
  /** Why pods or metrics couldn't be read, in words. */
  readonly whyUnknown: string | null;
  /** Whether the metrics API fails for the autoscaler too: it isn't there, or down. */
  readonly isMetricsApiFailing: boolean;
  /** What may not be read, a sentence each. */
  readonly denials: readonly string[];
  readonly nowMs: number;
}
