/** How much a scaling policy allows within its period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  /** Pods, or percent of the replicas at the start of the period. */
  readonly value: number;
  readonly periodMs: number;
}

/** Rules for one direction, as in `spec.behavior.scaleUp|scaleDown` of an autoscaling/v2 HPA. */
export interface ScalingRules {
  readonly stabilizationWindowMs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** Relative distance from the target that is ignored: 0.1 is 10 %. */
  readonly tolerance: number;
}

/** The autoscaler's windows and policies. */
export interface ScalingBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}
