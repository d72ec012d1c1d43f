import type { ScalingBehavior } from '../autoscale/behavior.ts';
import type { Decision } from '../autoscale/decision.ts';
import type { Tolerance } from '../autoscale/recommend.ts';
import type { PriceData } from '../prices/table.ts';

/** Where a service runs. */
export type TargetKind = 'local' | 'minikube' | 'kube';

/** Names one service; state and lock are kept per identity. */
export interface ServiceIdentity {
  readonly target: TargetKind;
  /** kubectl context; null on local. */
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
}

/** How a Service of Kubernetes is reached from outside the cluster. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer';

/** What only a service on a cluster runs with. */
export interface ClusterSettings {
  /** CPU that one replica may use at most, in thousandths of a core. */
  readonly cpuLimitMillicores: number;
  /** Memory that one replica may use; null is what a reload of its price list needs and a quarter more, at least 128Mi. */
  readonly memoryLimitBytes: number | null;
  readonly serviceType: ServiceType;
  /** An image of the price server that is there already; null is one that we build. */
  readonly image: string | null;
  /** Registry (and path in it) that a built image is pushed to; null is none. */
  readonly registry: string | null;
  /** Image with Node that a built one starts from. */
  readonly baseImage: string;
  /** Cores and memory (`4g`) of our minikube profile; null is minikube's own choice. */
  readonly cpus: number | null;
  readonly memory: string | null;
}

/** What a service runs with. */
export interface ServiceSettings {
  /** Absolute path of a file, or an http(s) URL. */
  readonly prices: string;
  readonly min: number;
  readonly max: number;
  /** Percent of the CPU request that the autoscaler steers towards. */
  readonly cpuTarget: number;
  /** CPU that one replica requests, in thousandths of a core. */
  readonly cpuRequestMillicores: number;
  /** Loopback port (local) or Service port (clusters). */
  readonly port: number;
  /** How often the autoscaler looks (local). */
  readonly syncPeriodMs: number;
  /** How often CPU is measured. */
  readonly metricResolutionMs: number;
  /** The autoscaler's windows and policies: the same object for the HPA and for the emulation. */
  readonly behavior: ScalingBehavior;
  /** Null on local. */
  readonly cluster: ClusterSettings | null;
}

/** How one step ended. */
export type StepOutcome = 'done' | 'unchanged' | 'skipped' | 'failed';

/** What a step reports when it did not fail; `detail` is one short line for people. */
export interface StepReport {
  readonly outcome: Exclude<StepOutcome, 'failed'>;
  readonly detail: string;
  /** What the user should know although it did not fail, a sentence each. */
  readonly warnings?: readonly string[];
}

/** What a running step may use. */
export interface StepContext {
  readonly signal: AbortSignal;
  /** Says what is being awaited, in a few words. */
  readonly progress: (text: string) => void;
}

/** One unit of work that `up`, `down` or `lab` shows as a line. Safe to repeat. */
export interface Step {
  readonly title: string;
  /** Throws PricectlError; the signal's reason on abort. */
  run(context: StepContext): Promise<StepReport>;
}

/** One replica as seen from outside. Null is unknown. */
export interface PodSnapshot {
  readonly name: string;
  readonly ready: boolean;
  /** Ending: gets no new connections, finishes what it has. */
  readonly terminating: boolean;
  readonly restarts: number;
  readonly cpuMillicores: number | null;
  readonly memoryBytes: number | null;
  /** HTTP requests for prices answered since the replica's start. */
  readonly requests: number | null;
  /** Requests for prices a second, over the same window as `cpuMillicores`: their quotient is the CPU that a request costs. */
  readonly requestsPerSecond: number | null;
  readonly pricesSha256: string | null;
  /** Why it isn't ready or keeps restarting, in words. */
  readonly problem: string | null;
}

/** State of the whole service. */
export type ServiceState = 'absent' | 'starting' | 'ready' | 'degraded' | 'stopped';

/** The autoscaler at one moment. Null is unknown. */
export interface AutoscalerSnapshot {
  readonly kind: 'kubernetes' | 'emulated';
  /** Average CPU over ready replicas as percent of the request. */
  readonly cpuPercent: number | null;
  readonly cpuTarget: number;
  /** The last decision in words. */
  readonly explanation: string;
  /** Relative distances from the target within which nothing happens. */
  readonly tolerance: Tolerance | null;
  /** Age in milliseconds of the oldest CPU metric that counts. */
  readonly metricAgeMs: number | null;
  /** When it looks next, in milliseconds since the epoch. */
  readonly nextSyncAtMs: number | null;
  /** The last decision with all that led to it; of Kubernetes' autoscaler retraced from what its status tells, with the moment of the snapshot for that of the look. */
  readonly decision: Decision | null;
}

/** One moment of the service. Null is unknown. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly state: ServiceState;
  readonly identity: ServiceIdentity;
  readonly url: string | null;
  readonly image: string | null;
  readonly replicas: { readonly min: number; readonly max: number; readonly desired: number; readonly ready: number };
  readonly autoscaler: AutoscalerSnapshot;
  readonly pods: readonly PodSnapshot[];
  readonly prices: PriceData | null;
  /** What is wrong with the service as a whole and what mends it, or null. */
  readonly problem: string | null;
}

/** One line that a replica wrote. */
export interface LogLine {
  readonly pod: string;
  /** Milliseconds since the epoch; null when the line carries no time. */
  readonly timeMs: number | null;
  readonly text: string;
}

/** Which log lines are wanted. */
export interface LogOptions {
  readonly follow: boolean;
  /** Only lines younger than this many milliseconds; undefined is all. */
  readonly sinceMs?: number;
  readonly signal: AbortSignal;
}

/** A way to the running service from here; whatever had to be started for it ends on disposal. */
export interface Connection extends AsyncDisposable {
  readonly url: string;
  /** What makes it no path for a load test, in words; null when it is one. */
  readonly warning: string | null;
}

/** A shell in which the service can be reached; whatever had to be started for it ends on disposal. */
export interface ServiceShell extends AsyncDisposable {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the command's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** URL of the service as seen from the shell. */
  readonly url: string;
}

/** What is to be removed beside the service. */
export interface DownOptions {
  /** The cluster too, if we made it. */
  readonly cluster: boolean;
}

/** How to look for a service's settings. */
export interface SettingsLook {
  /** Whether a kubeconfig that doesn't lead to the cluster may be mended first; without it, what this machine remembers has to do. */
  readonly mayMend?: boolean;
}

/** Where a service runs and how to bring it up, look at it and take it down. What it started to do so ends on disposal; the service stays. */
export interface Target extends AsyncDisposable {
  readonly identity: ServiceIdentity;
  /** The settings that the service has now, or undefined when it isn't up. */
  runningSettings(signal: AbortSignal, options?: SettingsLook): Promise<ServiceSettings | undefined>;
  /** Steps that bring the service to these settings; with nothing to do each reports `unchanged`. */
  upSteps(settings: ServiceSettings): readonly Step[];
  /**
   * Steps that look at what `upSteps` would do and change nothing: `unchanged`, or `skipped` with a detail that says what would be done. What is
   * known to make `up` fail makes them fail likewise.
   */
  planSteps(settings: ServiceSettings): readonly Step[];
  /**
   * Steps that remove everything that `up` made, also after a half-finished `up`; `skipped` when there is nothing. Throws UsageError for a cluster
   * that isn't ours to delete.
   */
  downSteps(options: DownOptions): readonly Step[];
  /** Steps that deliver another price list (a path or URL) to the running service and see each replica answer from it. Throws EnvironmentError when it isn't up. */
  pushSteps(prices: string, signal: AbortSignal): Promise<readonly Step[]>;
  /** One moment of the service; state `absent` when it isn't up. */
  snapshot(signal: AbortSignal, options?: { /** Wait for a cluster that is away for a moment. */ readonly isPatient?: boolean }): Promise<Snapshot>;
  /** Log lines of all replicas, merged in order of time. */
  logs(options: LogOptions): AsyncIterable<LogLine>;
  /** A way to the running service. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
  connect(signal: AbortSignal): Promise<Connection>;
  /** A shell beside the service; `image` is that of a cluster's throw-away pod. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
  shell(image: string | undefined, signal: AbortSignal): Promise<ServiceShell>;
  /** Takes the service's lock for a command that changes it. Throws EnvironmentError `PRICECTL_E_LOCKED` naming the holder. */
  lock(command: string): Promise<AsyncDisposable>;
}
