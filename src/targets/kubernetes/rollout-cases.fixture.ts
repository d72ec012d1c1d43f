import { readFileSync } from 'node:fs';
import type { Deployment, HorizontalPodAutoscaler, KubeEvent, Pod, ReplicaSet } from '../../tools/kube-objects.ts';
import type { RolloutView } from './judge-rollout.ts';

/** What a real cluster said of one service: fixtures/README.md. */
export interface RolloutCase {
  readonly capturedAt: string;
  readonly deployment: Deployment;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  readonly events: readonly KubeEvent[];
  readonly autoscaler: HorizontalPodAutoscaler | null;
}

/** A case and the moment at which it was captured, as a view. */
export interface CapturedView {
  readonly view: RolloutView;
  readonly nowMs: number;
}

/** Reads `fixtures/<name>.json`. */
export function readCase(name: string): RolloutCase {
  const read: RolloutCase = JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
  return read;
}

/** A case as the rollout's wait sees it, from the creation of the Deployment on. */
export function captured(name: string): CapturedView {
  const { capturedAt, deployment, replicaSets, pods, events, autoscaler } = readCase(name);
  const sinceMs = Date.parse(deployment.metadata.creationTimestamp ?? capturedAt);
  return { view: { deployment, replicaSets, pods, events, autoscaler: autoscaler ?? undefined, sinceMs }, nowMs: Date.parse(capturedAt) };
}
