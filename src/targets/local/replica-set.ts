import { Replica } from './replica.ts';
import type { ReplicaSurroundings } from './replica-surroundings.ts';
import { replicaName, type ReplicaTemplate } from './replica-template.ts';

/** What a set of replicas needs from its surroundings. */
export interface ReplicaSetOptions {
  /** Name of the service; replicas' names begin with it. */
  readonly service: string;
  readonly surroundings: Omit<ReplicaSurroundings, 'onChange'>;
  /** A replica came, went or changed its phase. */
  onChange(): void;
}

/** Replicas above the wanted number while they are replaced; Kubernetes' `maxSurge`. None may be missing: `maxUnavailable` 0. */
const maxSurge = 1;

/**
 * Keeps as many replicas as are wanted, each by the wanted template: a Deployment and its ReplicaSets in one
 * (Kubernetes: pkg/controller/deployment/rolling.go).
 */
export class ReplicaSet {
  readonly #options: ReplicaSetOptions;
  /** Oldest first. */
  #replicas: readonly Replica[] = [];
  #template: ReplicaTemplate;
  #desired = 0;
  #isReconciling = false;
  #isEnding = false;

  /** A set without replicas; `scale` brings them. */
  constructor(template: ReplicaTemplate, options: ReplicaSetOptions) {
    this.#options = options;
    this.#template = template;
  }

  /** All that are not gone, oldest first. */
  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  get desired(): number {
    return this.#desired;
  }

  /** Whether a replica runs by the wanted template. */
  isUpdated(replica: Replica): boolean {
    return isSame(replica.template, this.#template);
  }

  /** Sets how many replicas there shall be. */
  scale(desired: number): void {
    this.#desired = desired;
    this.#reconcile();
  }

  /** Sets what replicas run with; those that run with something else are replaced, one at a time, each only when the new one is ready. */
  update(template: ReplicaTemplate): void {
    this.#template = template;
    this.#reconcile();
  }

  /** Ends all replicas in order. Resolves when they are gone. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const all = [...this.#replicas];
    for (const replica of all) replica.drain();
    await Promise.all(all.map((replica) => replica.gone));
  }

  /** Ends all replicas at once. */
  kill(): void {
    this.#isEnding = true;
    for (const replica of this.#replicas) replica.kill();
  }

  #onChange(): void {
    this.#replicas = this.#replicas.filter((replica) => replica.phase !== 'gone');
    this.#reconcile();
    this.#options.onChange();
  }

  /** Takes steps until none is left; a step changes replicas, which calls this again. */
  #reconcile(): void {
    if (this.#isReconciling) return;
    this.#isReconciling = true;
    while (!this.#isEnding && this.#step());
    this.#isReconciling = false;
  }

  /** Starts or ends one replica; false when there is nothing to do now. */
  #step(): boolean {
    const staying = this.#replicas.filter((replica) => replica.isStaying);
    const updated = staying.filter((replica) => this.isUpdated(replica));
    const outdated = staying.filter((replica) => !this.isUpdated(replica));
    const surge = outdated.length > 0 ? maxSurge : 0;
    if (updated.length > this.#desired) return drain(firstToGo(updated));
    const broken = outdated.filter((replica) => replica.phase !== 'ready');
    if (broken.length > 0) return drain(firstToGo(broken));
    if (updated.length < this.#desired && staying.length < this.#desired + surge) return this.#add();
    const ready = staying.filter((replica) => replica.phase === 'ready');
    return ready.length > this.#desired && drain(firstToGo(outdated));
  }

  #add(): boolean {
    const { service, surroundings } = this.#options;
    const name = replicaName(service, this.#template);
    const replica = new Replica(name, this.#template, { ...surroundings, onChange: () => this.#onChange() });
    this.#replicas = [...this.#replicas, replica];
    return true;
  }
}

function drain(replica: Replica | undefined): boolean {
  replica?.drain();
  return replica !== undefined;
}

/** Not ready before ready, more restarts before fewer, younger before older (Kubernetes: pkg/controller/controller_utils.go, ActivePodsWithRanks). */
function firstToGo(replicas: readonly Replica[]): Replica | undefined {
  return replicas.toReversed().toSorted((a, b) => readyRank(a) - readyRank(b) || b.restarts - a.restarts)[0];
}

function readyRank(replica: Replica): number {
  return replica.phase === 'ready' ? 1 : 0;
}

function isSame(a: ReplicaTemplate, b: ReplicaTemplate): boolean {
  return a.serverEntry === b.serverEntry && a.prices === b.prices;
}
