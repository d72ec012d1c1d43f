/** What `minikube status` says of a profile. */
export type MinikubeState = 'absent' | 'running' | 'stopped' | 'paused' | 'degraded';

/** A profile's state, and whether the kubeconfig leads to it. */
export interface MinikubeStatus {
  readonly state: MinikubeState;
  /** False when the API server's port has changed since (`minikube update-context` mends it). */
  readonly isConfigured: boolean;
}

/** A step of `minikube start`, from its CloudEvents. */
export interface MinikubeProgress {
  /** Its own words: `Preparing Kubernetes v1.36.2 on containerd ...`. */
  readonly text: string;
  readonly step: number | null;
  readonly totalSteps: number | null;
}

/** What a profile is started with. */
export interface MinikubeStart {
  readonly addons: readonly string[];
  /** Cores and memory of the node; null is minikube's own choice. Without effect on a profile that exists. */
  readonly cpus: number | null;
  readonly memory: string | null;
  /** `--force`: minikube's docker driver wants it of root. */
  readonly force: boolean;
  readonly onProgress: (progress: MinikubeProgress) => void;
  readonly signal: AbortSignal;
}

/** A way to a service, kept open until disposal where minikube has to (macOS, WSL). */
export interface MinikubeServiceUrl extends AsyncDisposable {
  readonly url: string;
}

/**
 * minikube for one profile, `-p` on each call. Methods throw EnvironmentError `PRICECTL_E_TOOL_MISSING` without minikube,
 * ToolError `PRICECTL_E_MINIKUBE` with minikube's own advice as hints (EnvironmentError for its codes of missing drivers and resources).
 */
export interface Minikube {
  readonly profile: string;
  /** `1.38.1`; undefined when minikube isn't installed. */
  version(signal: AbortSignal): Promise<string | undefined>;
  status(signal: AbortSignal): Promise<MinikubeStatus>;
  /** containerd, `--keep-context`, never interactive. */
  start(options: MinikubeStart): Promise<void>;
  updateContext(signal: AbortSignal): Promise<void>;
  isAddonEnabled(addon: string, signal: AbortSignal): Promise<boolean>;
  enableAddon(addon: string, signal: AbortSignal): Promise<void>;
  /** Copies an image of the docker engine into the node. Success means nothing: look with `images`. */
  loadImage(image: string, signal: AbortSignal): Promise<void>;
  /** Tags of all images in the node, with their registry: `docker.io/library/x:tag`. */
  images(signal: AbortSignal): Promise<readonly string[]>;
  serviceUrl(namespace: string, service: string, signal: AbortSignal): Promise<MinikubeServiceUrl>;
  delete(onProgress: (progress: MinikubeProgress) => void, signal: AbortSignal): Promise<void>;
}
