/** What to try against a trouble; `judge-remedy.ts` makes the command of it. */
export type Remedy =
  | 'describe-pod'
  | 'describe-deployment'
  | 'describe-quota'
  | 'describe-nodes'
  | 'list-architectures'
  | 'read-log'
  | 'ask-readiness'
  | 'check-prices'
  | 'more-memory';

/** What keeps a pod from serving. */
export interface PodTrouble {
  /** Kubernetes' own word for it: `CrashLoopBackOff`, `Unschedulable`. */
  readonly reason: string;
  /** What is wrong, in words, without the pod's name: `container api exits with code 6 at start, twice in 6 s`. */
  readonly text: string;
  /**
   * - `final`: it won't pass by itself.
   * - `shortage`: it passes when room is made; whether that matters depends on the other pods.
   * - `passing`: it may pass.
   */
  readonly outlook: 'final' | 'shortage' | 'passing';
  readonly remedy: Remedy;
  /** Last lines of its log, where Kubernetes keeps them with the pod; none otherwise. */
  readonly lastLines?: readonly string[];
  /** Container whose log tells more, and whether that of its process before; null when nothing ran. */
  readonly log: { readonly container: string; readonly previous: boolean } | null;
}
