/**
 * Kubernetes' objects as far as we read them. The API server checks what it stores against its own schema, so fields that are there have
 * these types; like Go's `omitempty` it leaves out what is empty.
 */
export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  /** RFC 3339; there as soon as the object is being deleted. */
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  /** Who wrote which part, and when last. */
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string; readonly subresource?: string; readonly time?: string }[];
}

/** Any object of the API. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
}

/** A condition of an object's status; times are RFC 3339. */
export interface KubeCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** One container of a pod's specification. Quantities are texts: `100m`, `128Mi`. */
export interface KubeContainer {
  readonly name: string;
  readonly image?: string;
  /** Of an init container. */
  readonly restartPolicy?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** How a container ended. Times are RFC 3339. */
export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** State of a container: one of the three is there. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

/** Status of one container of a pod. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly image?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** A pod's specification. */
export interface PodSpec {
  readonly nodeName?: string;
  /** Those with `restartPolicy: Always` run beside the containers. */
  readonly initContainers?: readonly KubeContainer[];
  readonly containers: readonly KubeContainer[];
  /** What the pod as a whole requests. */
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  /** What its runtime class adds to the requests. */
  readonly overhead?: Readonly<Record<string, string>>;
  readonly terminationGracePeriodSeconds?: number;
}

/** v1 Pod. */
export interface Pod extends KubeObject {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly KubeCondition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** apps/v1 Deployment. */
export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly metadata?: Partial<KubeMetadata>; readonly spec: PodSpec };
    readonly progressDeadlineSeconds?: number;
    readonly paused?: boolean;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly KubeCondition[];
  };
}

/** apps/v1 ReplicaSet. */
export interface ReplicaSet extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number; readonly availableReplicas?: number; readonly conditions?: readonly KubeCondition[] };
}

/** v1 Event. */
export interface KubeEvent extends KubeObject {
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly type?: 'Normal' | 'Warning';
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Rules of one direction of an autoscaler. */
export interface HpaScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number }[];
  /** A quantity: `0.05` is 5 %. */
  readonly tolerance?: string;
}

/** A value of a metric, or the one that is steered towards. Quantities are texts. */
export interface HpaMetricValue {
  /** Of a target: which of the others counts. */
  readonly type?: 'Utilization' | 'AverageValue' | 'Value';
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}

/** A metric's current value, or what is wanted of it. */
export interface HpaMetricSource {
  readonly current?: HpaMetricValue;
  readonly target?: HpaMetricValue;
}

/** A metric that isn't a resource of pods. */
export interface HpaNamedMetric extends HpaMetricSource {
  readonly metric: { readonly name: string };
  /** Of an object's metric. */
  readonly describedObject?: { readonly kind: string; readonly name: string };
}

/** One metric of an autoscaler: of its specification with targets, of its status with current values. */
export interface HpaMetric {
  /** `Resource`, `ContainerResource`, `Pods`, `Object` or `External`. A status holds an empty one for a metric that it couldn't read. */
  readonly type: string;
  readonly resource?: HpaMetricSource & { readonly name: string };
  readonly containerResource?: HpaMetricSource & { readonly name: string; readonly container: string };
  readonly pods?: HpaNamedMetric;
  readonly object?: HpaNamedMetric;
  readonly external?: HpaNamedMetric;
}

/** autoscaling/v2 HorizontalPodAutoscaler. */
export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly HpaMetric[];
    readonly behavior?: { readonly scaleUp?: HpaScalingRules; readonly scaleDown?: HpaScalingRules };
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly lastScaleTime?: string;
    readonly currentMetrics?: readonly HpaMetric[];
    readonly conditions?: readonly KubeCondition[];
  };
}

/** v1 Service. */
export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly nodePort?: number }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } };
}

/** v1 ConfigMap. */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** v1 Node. */
export interface KubeNode extends KubeObject {
  readonly spec: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly key: string; readonly effect: string }[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly KubeCondition[];
    readonly nodeInfo?: { readonly architecture?: string; readonly kubeletVersion?: string };
  };
}

/** metrics.k8s.io/v1beta1 PodMetrics. */
export interface PodMetrics extends KubeObject {
  /** End of the window, RFC 3339. */
  readonly timestamp: string;
  /** A Go duration: `15.2s`. */
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: { readonly cpu: string; readonly memory: string } }[];
}

/** A list as the API gives it; its items come without kind and apiVersion. */
export interface KubeList<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** One change that a watch tells of. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}
