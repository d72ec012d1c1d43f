import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { loadConfigMap, loadJob, type LoadJobValues, loadJobName } from '../../targets/kubernetes/manifest-load-job.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { PricectlError, UsageError } from '../../tools/errors.ts';
import type { KubeApi } from '../../tools/kube-api.ts';
import type { LoadRequest } from '../engine.ts';
import { profileLengthMs } from '../profile-description.ts';

/** Most bytes of a request in a ConfigMap of 1 MiB, which has names and labels too. */
const mostRequestBytes = 1_040_000;

/** Limit of the deletion. */
const deleteMs = 10_000;

/** Letters and digits of Kubernetes' own suffixes: none that make words. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** A Job of a cluster that makes load, with its ConfigMap. */
export class LoadJob {
  readonly name: string;
  readonly #api: KubeApi;
  readonly #values: LoadJobValues;
  readonly #paths: ReturnType<typeof servicePaths>;

  /** Throws UsageError when the request is too large. */
  constructor(api: KubeApi, identity: LoadJobValues['identity'], image: string, request: LoadRequest) {
    const suffix = Array.from({ length: 5 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
    const seconds = ((profileLengthMs(request.profile) ?? 0) + request.profile.gracefulStopMs) / 1_000;
    this.#api = api;
    this.#values = { identity, suffix, image, request: packRequest(request), seconds };
    this.#paths = servicePaths(identity);
    this.name = loadJobName(identity.name, suffix);
  }

  /** Makes both. The ConfigMap belongs to the Job, so that it goes with it even when nobody deletes them. */
  async create(signal: AbortSignal): Promise<void> {
    await this.#api.create(this.#paths.configMaps, loadConfigMap(this.#values), signal);
    const { metadata } = await this.#api.create(this.#paths.jobs, loadJob(this.#values), signal);
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: metadata.uid };
    await this.#api.patch(this.#configMapPath, { metadata: { ownerReferences: [owner] } }, signal);
  }

  /** Deletes both, which ends the pod in order. Why that failed, in words; undefined when it didn't. Never throws a PricectlError. */
  async delete(): Promise<string | undefined> {
    const signal = AbortSignal.timeout(deleteMs);
    try {
      await this.#api.delete(`${this.#paths.jobs}/${this.name}`, signal);
      await this.#api.delete(this.#configMapPath, signal);
      return undefined;
    } catch (error) {
      if (!signal.aborted && !(error instanceof PricectlError)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      return `the job ${this.name} may still be there: ${reason}`;
    }
  }

  get #configMapPath(): string {
    return `${this.#paths.configMaps}/${this.name}`;
  }
}

/** The request as gzipped JSON in base64. */
function packRequest(request: LoadRequest): string {
  const packed = gzipSync(JSON.stringify(request));
  if (packed.length > mostRequestBytes) {
    const message = `${request.ids.length.toLocaleString('en-US')} ids are more than a load job can be told`;
    throw new UsageError('PRICECTL_E_USAGE', message, { hints: ['give a file with fewer of them: --ids FILE'] });
  }
  return packed.toString('base64');
}
