import type { ClusterService } from '../../targets/kubernetes/cluster-service.ts';
import { loadGraceSeconds } from '../../targets/kubernetes/manifest-load-job.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { EngineResult, LoadObserver, LoadRequest } from '../engine.ts';
import { profileLengthMs } from '../profile-description.ts';
import { JobReader } from './job-reader.ts';
import { emptyResult } from './job-result.ts';
import { LoadJob } from './load-job.ts';
import { awaitLoadPod } from './load-pod.ts';

/** How long the log of a pod that was told to end is read: its grace, and a margin. */
const endMs = (loadGraceSeconds + 5) * 1_000;

/** What the engine needs to know of the service. */
export interface InClusterOptions {
  readonly service: Pick<ClusterService, 'identity' | 'api' | 'clock'>;
  /** Image of ours that the cluster's nodes have or can pull: the one that the service runs. */
  readonly image: string;
}

/** One load test by a Job of the cluster. */
export class LoadJobRun {
  readonly #options: InClusterOptions;
  readonly #request: LoadRequest;
  readonly #observer: LoadObserver;

  constructor(options: InClusterOptions, request: LoadRequest, observer: LoadObserver) {
    this.#options = options;
    this.#request = request;
    this.#observer = observer;
  }

  /** The whole test. As `LoadRun.result`. */
  async run(): Promise<EngineResult> {
    if (profileLengthMs(this.#request.profile) === null) throw new TypeError('the profile of a load job is fixed');
    const { service, image } = this.#options;
    const { signal } = this.#observer;
    try {
      signal.throwIfAborted();
      const api = await service.api(signal);
      const job = new LoadJob(api, service.identity, image, this.#request);
      let problem: string | undefined;
      let result: EngineResult;
      try {
        result = await this.#make(api, job);
      } finally {
        problem = await job.delete();
      }
      return problem === undefined ? result : { ...result, warnings: [...result.warnings, problem] };
    } catch (error) {
      // Before there was anything to measure.
      if (signal.aborted && error === signal.reason) return emptyResult(service.clock.now(), true);
      throw error;
    }
  }

  /** Makes the job and follows its pod to the end. Throws the signal's reason only for an abort before the pod has started. */
  async #make(api: KubeApi, job: LoadJob): Promise<EngineResult> {
    const { clock, identity } = this.#options.service;
    const observer = this.#observer;
    const { signal } = observer;
    await job.create(signal);
    const pod = await awaitLoadPod({ api, clock, namespace: identity.namespace, job: job.name, signal });
    const startedAtMs = clock.now();
    const giveUp = new AbortController();
    const over = new AbortController();
    const ending = this.#endOnAbort(job, over.signal, giveUp);
    try {
      const podPath = `${servicePaths(identity).pods}/${pod.metadata.name}`;
      const reader = new JobReader({ api, clock, podPath, pod: pod.metadata.name, image: this.#options.image, signal: giveUp.signal, onProgress: (progress) => observer.onProgress(progress) });
      await reader.read();
      return await reader.result(startedAtMs, signal.aborted);
    } finally {
      over.abort();
      await ending;
    }
  }

  /** When the test is aborted, tells the pod to end, and waits for what it measured, but not for ever. */
  async #endOnAbort(job: LoadJob, over: AbortSignal, giveUp: AbortController): Promise<void> {
    await aborted(AbortSignal.any([this.#observer.signal, over]));
    if (over.aborted) return;
    await job.delete();
    await this.#options.service.clock.sleep(endMs, over).catch(() => {});
    giveUp.abort();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
